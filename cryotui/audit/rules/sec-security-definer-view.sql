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
WITH RECURSIVE
-- with: views,
reach AS (
    SELECT e.view, e.relation FROM edge AS e
    UNION
    -- no dependency is kept on the catalogs themselves; those that are not for everybody hold hashes and values of columns
    SELECT v.oid, used.relation[1]::oid
    FROM (SELECT string_agg(c.oid::text, '|') AS oids FROM pg_catalog.pg_class AS c
          WHERE c.oid < 16384 AND c.relkind = 'r' AND NOT has_table_privilege('public', c.oid, 'SELECT')) AS hidden
    JOIN view AS v ON v.definer AND cardinality(v.exposed) > 0
    JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = v.oid AND r.ev_type = '1'
    CROSS JOIN LATERAL regexp_matches(r.ev_action::text, ':relid (' || hidden.oids || ') ', 'g') AS used (relation)
), lent AS (
    -- what the view reads itself, and whether each client that reads the view could read it without
    SELECT v.oid, bool_or(NOT own.all_of_it) AS more, bool_or(NOT own.all_of_it AND c.oid < 16384) AS of_server,
           (array_agg(format('%I.%I', n.nspname, c.relname) ORDER BY own.all_of_it, n.nspname, c.relname))[1] AS first_table,
           (array_agg(c.relname::text ORDER BY own.all_of_it, n.nspname, c.relname))[1] AS first_name, count(*) AS tables
    FROM view AS v
    JOIN reach AS e ON e.view = v.oid
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
