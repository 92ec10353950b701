-- title: View with owner's rights
-- severity: watch
-- group: security
-- kind: table
-- about: A view that clients of the API may read looks at other tables with its owner's rights, because security_invoker is
--   not set. Watch when the client may not read all of these tables itself, bad when one of them is a catalog, else info. A view that reads no table is none.
--   Views that pass row security are left to sec-view-bypasses-rls, those of auth.users to sec-auth-users-exposed.
-- why: Rights on the tables and policies that come later do not count for whoever reads them through the view.
-- detail: {roles} may read it. {gives} {served}
-- fix: ALTER VIEW {object} SET (security_invoker = true);
-- undo: ALTER VIEW {object} RESET (security_invoker);
-- lock: ACCESS EXCLUSIVE on the view for a moment
-- needs: api
-- since: 15
-- cost: K1
-- parameters: api_roles api_schemas
-- references: https://www.postgresql.org/docs/current/sql-createview.html; splinter 0010 security_definer_view
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
    UNION
    -- no dependency is kept on the catalogs themselves; those that are not for everybody hold hashes and values of columns
    SELECT v.oid, used.relation[1]::oid
    FROM (SELECT string_agg(c.oid::text, '|') AS oids FROM pg_catalog.pg_class AS c
          WHERE c.oid < 16384 AND c.relkind = 'r' AND NOT has_table_privilege('public', c.oid, 'SELECT')) AS hidden
    JOIN view AS v ON v.definer AND cardinality(v.exposed) > 0
    JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = v.oid AND r.ev_type = '1'
    CROSS JOIN LATERAL regexp_matches(r.ev_action::text, ':relid (' || hidden.oids || ') ', 'g') AS used (relation)
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
), lent AS (
    -- what the view reads itself, and whether each client that reads the view could read it without
    SELECT v.oid, bool_or(NOT own.all_of_it) AS more, bool_or(NOT own.all_of_it AND c.oid < 16384) AS of_server,
           (array_agg(format('%I.%I', n.nspname, c.relname) ORDER BY own.all_of_it, n.nspname, c.relname))[1] AS first_table,
           (array_agg(c.relname::text ORDER BY own.all_of_it, n.nspname, c.relname))[1] AS first_name, count(*) AS tables
    FROM view AS v
    JOIN edge AS e ON e.view = v.oid
    JOIN pg_catalog.pg_class AS c ON c.oid = e.relation AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (
        SELECT bool_and(has_table_privilege(role.name, c.oid, 'SELECT')) AS all_of_it FROM unnest(v.exposed) AS role (name)
    ) AS own
    WHERE v.definer AND cardinality(v.exposed) > 0
    GROUP BY v.oid
)
SELECT format('%I.%I', v.nspname, v.relname) AS object, 'view' AS kind, v.oid::bigint AS oid, v.nspname::text AS schema,
       v.relname::text AS view, array_to_string(v.exposed, ' and ') AS roles,
       CASE WHEN l.more THEN 'lends ' ELSE 'reads ' END || l.first_name AS evidence,
       CASE WHEN l.more THEN format('Of itself the client may not read %s: after the fix it needs a right there.', l.first_table)
            ELSE format('The client may read %s anyway.', CASE l.tables WHEN 1 THEN l.first_table ELSE 'what it shows' END)
       END AS gives,
       CASE WHEN $2::text[] IS NULL AND v.nspname <> 'public'
            THEN 'Which schemas the API serves is not known; it may serve this one.'
            WHEN $2::text[] IS NULL THEN 'The API serves public unless it is told otherwise.'
            WHEN v.nspname = ANY ($2::text[]) THEN format('The API serves schema %I.', v.nspname)
            ELSE format('The API does not serve schema %I now.', v.nspname) END AS served,
       CASE WHEN NOT l.more OR $2::text[] IS NOT NULL AND v.nspname <> ALL ($2::text[]) THEN 'info'
            WHEN l.of_server THEN 'bad' ELSE 'watch' END AS severity
FROM lent AS l
JOIN view AS v ON v.oid = l.oid
WHERE NOT EXISTS (SELECT FROM of_users AS u WHERE u.root = l.oid)
  AND NOT EXISTS (SELECT FROM passed AS p WHERE p.root = l.oid)
ORDER BY 1
