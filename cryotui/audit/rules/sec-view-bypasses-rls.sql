-- title: View bypasses RLS
-- severity: bad
-- group: security
-- kind: table
-- about: A view that clients of the API may read, and that reads a table with row level security, itself or through other
--   views, as an owner whom that row security does not hold: a superuser, a role with BYPASSRLS, or the owner of the table
--   where row security is not forced. A view with a condition of its own on who asks is watch, with security_barrier info.
--   Views of auth.users are left to sec-auth-users-exposed, views of an exposed view to that one.
-- why: The policies of the table do not count for this view: whoever has the key of the API reads every row it shows.
-- detail: {passes} {guard}{served} {how}
-- lock: ACCESS EXCLUSIVE on the view for a moment
-- needs: api
-- cost: K1
-- parameters: api_roles api_schemas
-- references: https://www.postgresql.org/docs/current/sql-createview.html;
--   https://supabase.com/docs/guides/database/postgres/row-level-security#views
WITH RECURSIVE view AS MATERIALIZED (
    SELECT v.oid, v.relname, v.relkind, v.relowner, v.relacl, n.nspname, v.reloptions,
           v.relkind = 'v' AND NOT coalesce(option.invoker, false) AS definer,
           ARRAY(SELECT role.name FROM unnest($1::text[]) WITH ORDINALITY AS role (name, place)
                 WHERE has_any_column_privilege(role.name, v.oid, 'SELECT') ORDER BY role.place) AS readers,
           ARRAY(SELECT role.name FROM unnest($1::text[]) WITH ORDINALITY AS role (name, place)
                 WHERE has_any_column_privilege(role.name, v.oid, 'SELECT')
                   AND has_schema_privilege(role.name, n.oid, 'USAGE') ORDER BY role.place) AS exposed
    FROM pg_catalog.pg_class AS v
    JOIN pg_catalog.pg_namespace AS n ON n.oid = v.relnamespace
    CROSS JOIN LATERAL (
        SELECT bool_or(split_part(o, '=', 2)::boolean) AS invoker FROM unnest(v.reloptions) AS o WHERE o LIKE 'security\_invoker=%'
    ) AS option
    WHERE v.relkind IN ('v', 'm') AND v.oid >= 16384
), edge AS MATERIALIZED (
    SELECT DISTINCT v.oid AS view, d.refobjid AS relation
    FROM view AS v
    JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = v.oid AND r.ev_type = '1'
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
     AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> v.oid
), walk AS (
    -- who reads what below a view: a view reads as its owner, one with security_invoker as the client (0), a materialized
    -- view read as its owner when it was refreshed, and so did what lies below it
    SELECT v.oid AS root, v.oid AS reader, e.relation,
           CASE WHEN v.definer OR v.relkind = 'm' THEN v.relowner ELSE 0::oid END AS subject,
           CASE WHEN v.relkind = 'm' THEN v.relowner ELSE 0::oid END AS refreshed
    FROM view AS v JOIN edge AS e ON e.view = v.oid
    WHERE cardinality(v.exposed) > 0
    UNION
    SELECT w.root, v.oid, e.relation,
           CASE WHEN v.definer OR v.relkind = 'm' THEN v.relowner ELSE w.refreshed END,
           CASE WHEN v.relkind = 'm' THEN v.relowner ELSE w.refreshed END
    FROM walk AS w
    JOIN view AS v ON v.oid = w.relation
    JOIN edge AS e ON e.view = v.oid
    -- what the client has to read on its own account it needs a right for; what it reaches by itself is its own finding
    WHERE w.subject <> 0 OR v.relkind = 'v' AND cardinality(v.readers) > 0 AND cardinality(v.exposed) = 0
), passed AS MATERIALIZED (
    -- tables whose row security does not hold the reader
    SELECT DISTINCT w.root, w.reader, t.oid AS relation, o.rolname,
           CASE WHEN o.rolsuper THEN 'a superuser' WHEN o.rolbypassrls THEN 'which passes row security'
                ELSE 'its owner' END AS how
    FROM walk AS w
    JOIN pg_catalog.pg_class AS t ON t.oid = w.relation AND t.relkind IN ('r', 'p') AND t.relrowsecurity
    JOIN pg_catalog.pg_roles AS o ON o.oid = w.subject
    WHERE o.rolsuper OR o.rolbypassrls OR NOT t.relforcerowsecurity AND pg_has_role(o.oid, t.relowner, 'USAGE')
), users AS MATERIALIZED (
    SELECT t.oid, t.relrowsecurity, t.relforcerowsecurity, t.relowner
    FROM pg_catalog.pg_class AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE n.nspname = 'auth' AND t.relname = 'users' AND t.relkind IN ('r', 'p')
), of_users AS MATERIALIZED (
    -- the reader has the right, and row security of auth.users does not hold it
    SELECT DISTINCT w.root, w.reader, w.subject
    FROM walk AS w
    JOIN users AS u ON u.oid = w.relation
    LEFT JOIN pg_catalog.pg_roles AS o ON o.oid = w.subject
    WHERE CASE WHEN w.subject = 0
               THEN NOT u.relrowsecurity AND EXISTS (SELECT FROM unnest($1::text[]) AS role (name)
                                                     WHERE has_any_column_privilege(role.name, u.oid, 'SELECT'))
               ELSE has_any_column_privilege(o.oid, u.oid, 'SELECT')
                    AND (NOT u.relrowsecurity OR o.rolsuper OR o.rolbypassrls
                         OR NOT u.relforcerowsecurity AND pg_has_role(o.oid, u.relowner, 'USAGE')) END
), found AS MATERIALIZED (
    SELECT p.* FROM passed AS p WHERE NOT EXISTS (SELECT FROM of_users AS u WHERE u.root = p.root)
      AND EXISTS (SELECT FROM view AS v WHERE v.oid = p.root AND v.relkind = 'v')
      AND NOT EXISTS (SELECT FROM view AS v WHERE v.oid = p.reader AND v.oid <> p.root AND cardinality(v.exposed) > 0)
), guarded AS (
    -- a condition of the view itself on who asks: a function of auth, current_setting, or current_user and its like
    SELECT f.root, bool_and(c.asks) AS asks,
           bool_and(c.asks AND EXISTS (SELECT FROM unnest(v.reloptions) AS o WHERE o LIKE 'security\_barrier=%'
                                       AND split_part(o, '=', 2)::boolean)) AS barrier
    FROM (SELECT DISTINCT root, reader FROM found) AS f
    JOIN view AS v ON v.oid = f.reader
    JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = v.oid AND r.ev_type = '1'
    CROSS JOIN LATERAL (
        SELECT coalesce(substring(r.ev_action::text FROM ':quals (\{.*):targetList') ~ format(
                   ':funcid (%s) |\{SQLVALUEFUNCTION :op (9|10|11|12) ',
                   (SELECT string_agg(p.oid::text, '|') FROM pg_catalog.pg_proc AS p
                    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
                    WHERE n.nspname = 'auth' AND p.proname IN ('uid', 'jwt', 'role', 'email')
                       OR n.nspname = 'pg_catalog' AND p.proname = 'current_setting')), false) AS asks
    ) AS c
    GROUP BY f.root
), granted AS (
    SELECT v.oid, string_agg(DISTINCT coalesce(quote_ident(r.rolname), 'PUBLIC'), ', ') AS grantees, bool_or(a.by_column) AS by_column
    FROM view AS v
    CROSS JOIN LATERAL (
        SELECT x.grantee, false AS by_column FROM aclexplode(v.relacl) AS x WHERE x.privilege_type = 'SELECT'
        UNION ALL
        SELECT x.grantee, true FROM pg_catalog.pg_attribute AS c CROSS JOIN aclexplode(c.attacl) AS x
        WHERE c.attrelid = v.oid AND c.attacl IS NOT NULL AND x.privilege_type = 'SELECT'
    ) AS a
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
    WHERE v.oid IN (SELECT root FROM found)
      AND (a.grantee = 0 OR EXISTS (SELECT FROM unnest(v.exposed) AS role (name) WHERE pg_has_role(role.name, a.grantee, 'USAGE')))
    GROUP BY v.oid
), together AS (
    SELECT f.root, (array_agg(format('%I.%I', n.nspname, c.relname) ORDER BY n.nspname, c.relname))[1] AS first_table,
           (array_agg(c.relname::text ORDER BY n.nspname, c.relname))[1] AS first_name, count(DISTINCT f.relation) AS tables,
           (array_agg(format('%I, %s', f.rolname, f.how) ORDER BY n.nspname, c.relname))[1] AS as_whom,
           bool_and(v.relkind = 'v') AND current_setting('server_version_num')::int >= 150000 AS can_invoke,
           string_agg(DISTINCT format('ALTER VIEW %I.%I SET (security_invoker = true);', v.nspname, v.relname), E'\n') AS invoke,
           string_agg(DISTINCT format('ALTER VIEW %I.%I RESET (security_invoker);', v.nspname, v.relname), E'\n') AS uninvoke
    FROM found AS f
    JOIN pg_catalog.pg_class AS c ON c.oid = f.relation
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN view AS v ON v.oid = f.reader
    GROUP BY f.root
)
SELECT format('%I.%I', v.nspname, v.relname) AS object, 'view' AS kind, v.oid::bigint AS oid, v.nspname::text AS schema,
       v.relname::text AS view, v.exposed[1] || ' passes ' || t.first_name AS evidence,
       format('It reads %s%s as %s, and %s may read it.', t.first_table,
              CASE t.tables WHEN 1 THEN '' WHEN 2 THEN ' and one more table with row security'
                   ELSE format(' and %s more tables with row security', t.tables - 1) END,
              t.as_whom, array_to_string(v.exposed, ' and ')) AS passes,
       CASE WHEN g.barrier THEN 'It has a condition of its own on who asks, behind a security_barrier. '
            WHEN g.asks THEN 'It has a condition of its own on who asks, but no security_barrier. ' ELSE '' END AS guard,
       CASE WHEN $2::text[] IS NULL AND v.nspname <> 'public'
            THEN 'Which schemas the API serves is not known; it may serve this one.'
            WHEN $2::text[] IS NULL THEN 'The API serves public unless it is told otherwise.'
            WHEN v.nspname = ANY ($2::text[]) THEN format('The API serves schema %I.', v.nspname)
            ELSE format('The API does not serve schema %I now.', v.nspname) END AS served,
       CASE WHEN t.can_invoke THEN 'After the fix the policies count for whoever asks, who then needs rights on the table as well.'
            ELSE 'security_invoker cannot serve here; the fix takes the right to read it. A table that clients may read, or a schema that the API does not serve, is the other way.'
       END AS how,
       CASE WHEN g.barrier OR $2::text[] IS NOT NULL AND v.nspname <> ALL ($2::text[]) THEN 'info'
            WHEN g.asks OR $2::text[] IS NULL AND v.nspname <> 'public' THEN 'watch' ELSE 'bad' END AS severity,
       CASE WHEN t.can_invoke THEN t.invoke
            ELSE format('REVOKE SELECT ON %I.%I FROM %s;', v.nspname, v.relname, r.grantees) END AS fix,
       CASE WHEN t.can_invoke THEN t.uninvoke
            WHEN NOT r.by_column THEN format('GRANT SELECT ON %I.%I TO %s;', v.nspname, v.relname, r.grantees) END AS undo
FROM together AS t
JOIN view AS v ON v.oid = t.root
LEFT JOIN guarded AS g ON g.root = t.root
LEFT JOIN granted AS r ON r.oid = t.root
ORDER BY 1
