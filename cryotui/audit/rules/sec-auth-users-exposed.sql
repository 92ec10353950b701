-- title: auth.users in API
-- severity: bad
-- group: security
-- kind: table
-- about: A view or materialized view that clients of the API may read shows auth.users, itself or through other views, and
--   row level security of auth.users does not hold whoever reads it there. A view with a condition of its own on who asks is
--   watch, with security_barrier info.
-- why: auth.users holds addresses, telephone numbers, password hashes and metadata of every account.
-- detail: {roles} may read it. {columns}{guard}{served} A table of public profiles in its place holds what others may see and
--   no more.
-- lock: ACCESS SHARE for a moment
-- cost: K1
-- parameters: api_roles api_schemas
-- references: https://supabase.com/docs/guides/auth/managing-user-data; splinter 0002 auth_users_exposed
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
), guarded AS (
    -- a condition of the view itself on who asks: a function of auth, current_setting, or current_user and its like
    SELECT f.root, bool_and(c.asks) AS asks,
           bool_and(c.asks AND EXISTS (SELECT FROM unnest(v.reloptions) AS o WHERE o LIKE 'security\_barrier=%'
                                       AND split_part(o, '=', 2)::boolean)) AS barrier
    FROM (SELECT DISTINCT root, reader FROM of_users) AS f
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
    WHERE v.oid IN (SELECT root FROM of_users)
      AND (a.grantee = 0 OR EXISTS (SELECT FROM unnest(v.exposed) AS role (name) WHERE pg_has_role(role.name, a.grantee, 'USAGE')))
    GROUP BY v.oid
), shown AS (
    SELECT f.root, string_agg(DISTINCT a.attname::text, ', ') AS names, count(DISTINCT a.attname) AS columns,
           min(a.attname::text) FILTER (WHERE a.attname IN ('encrypted_password', 'email', 'phone')) AS worst
    FROM of_users AS f
    JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = f.reader AND r.ev_type = '1'
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
     AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0
    JOIN users AS u ON u.oid = d.refobjid
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    GROUP BY f.root
)
SELECT format('%I.%I', v.nspname, v.relname) AS object, CASE v.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END AS kind,
       v.oid::bigint AS oid, v.nspname::text AS schema, v.relname::text AS view,
       array_to_string(v.exposed, ' and ') AS roles,
       v.exposed[1] || ' reads ' || coalesce(s.worst, 'auth.users') AS evidence,
       CASE WHEN s.columns <= 8 THEN format('Of auth.users it uses %s. ', s.names)
            WHEN s.columns > 8 THEN format('It uses %s columns of auth.users. ', s.columns) ELSE '' END AS columns,
       CASE WHEN v.relkind = 'm' THEN ''
            WHEN g.barrier THEN 'It has a condition of its own on who asks, behind a security_barrier. '
            WHEN g.asks THEN 'It has a condition of its own on who asks, but no security_barrier. ' ELSE '' END AS guard,
       CASE WHEN $2::text[] IS NULL AND v.nspname <> 'public'
            THEN 'Which schemas the API serves is not known; it may serve this one.'
            WHEN $2::text[] IS NULL THEN 'The API serves public unless it is told otherwise.'
            WHEN v.nspname = ANY ($2::text[]) THEN format('The API serves schema %I.', v.nspname)
            ELSE format('The API does not serve schema %I now.', v.nspname) END AS served,
       CASE WHEN g.barrier AND v.relkind = 'v' OR $2::text[] IS NOT NULL AND v.nspname <> ALL ($2::text[]) THEN 'info'
            WHEN g.asks AND v.relkind = 'v' OR $2::text[] IS NULL AND v.nspname <> 'public' THEN 'watch' ELSE 'bad' END AS severity,
       format('REVOKE SELECT ON %I.%I FROM %s;', v.nspname, v.relname, r.grantees) AS fix,
       CASE WHEN NOT r.by_column THEN format('GRANT SELECT ON %I.%I TO %s;', v.nspname, v.relname, r.grantees) END AS undo
FROM (SELECT DISTINCT root FROM of_users) AS f
JOIN view AS v ON v.oid = f.root
LEFT JOIN guarded AS g ON g.root = f.root
LEFT JOIN shown AS s ON s.root = f.root
LEFT JOIN granted AS r ON r.oid = f.root
ORDER BY 1
