-- title: Row security off, exposed
-- severity: bad
-- group: security
-- kind: table
-- about: Row level security is off on a table that clients of the API may read or change: one of the API's roles may use its
--   schema and holds a right on the table or on a column of it. Partitions are counted with their root; one below a root that
--   has row level security is sec-partition-rls-gap.
-- why: The key of the API is in every copy of the web client. Whoever has it reads and changes every row those rights allow.
-- detail: {rights}. {served}
-- shape: ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
-- lock: ACCESS EXCLUSIVE for a moment
-- needs: api
-- parameters: api_roles api_schemas
-- references: https://www.postgresql.org/docs/current/ddl-rowsecurity.html;
--   https://supabase.com/docs/guides/database/postgres/row-level-security; splinter 0013 rls_disabled_in_public
WITH RECURSIVE held AS (
    SELECT t.oid, t.relname, n.nspname, t.relispartition, t.reltuples, t.relkind, role.place, role.name AS role,
           has_any_column_privilege(role.name, t.oid, 'SELECT') AS reads,
           has_any_column_privilege(role.name, t.oid, 'INSERT') AS inserts,
           has_any_column_privilege(role.name, t.oid, 'UPDATE') AS updates,
           has_table_privilege(role.name, t.oid, 'DELETE') AS deletes
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    CROSS JOIN unnest($1::text[]) WITH ORDINALITY AS role (name, place)
    WHERE t.relkind IN ('r', 'p') AND NOT t.relrowsecurity AND t.relpersistence <> 't' AND t.oid >= 16384
      AND has_schema_privilege(role.name, n.oid, 'USAGE')
), open AS (
    SELECT h.oid, h.nspname, h.relname, h.relispartition, h.relkind, h.reltuples,
           format('%I.%I', h.nspname, h.relname) AS object,
           (array_agg(h.role ORDER BY h.reads DESC, h.place))[1] AS first_role, bool_or(h.reads) AS reads,
           string_agg(h.role || ' may ' || concat_ws(', ', CASE WHEN h.reads THEN 'SELECT' END,
                                                     CASE WHEN h.inserts THEN 'INSERT' END,
                                                     CASE WHEN h.updates THEN 'UPDATE' END,
                                                     CASE WHEN h.deletes THEN 'DELETE' END), '; ' ORDER BY h.place) AS rights
    FROM held AS h
    WHERE h.reads OR h.inserts OR h.updates OR h.deletes
    GROUP BY h.oid, h.nspname, h.relname, h.relispartition, h.relkind, h.reltuples
), above AS (
    -- a partition whose root is open as well is closed together with it
    SELECT o.oid AS leaf, i.inhparent AS parent
    FROM open AS o JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = o.oid WHERE o.relispartition
    UNION ALL
    SELECT a.leaf, i.inhparent FROM above AS a JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = a.parent
), folded AS (
    SELECT DISTINCT ON (a.leaf) a.leaf, r.oid AS root
    FROM above AS a JOIN open AS r ON r.oid = a.parent
    WHERE NOT EXISTS (SELECT FROM above AS higher JOIN open AS o ON o.oid = higher.parent WHERE higher.leaf = r.oid)
    ORDER BY a.leaf, r.oid
), together AS (
    SELECT f.root, sum(greatest(o.reltuples, 0)) FILTER (WHERE o.relkind = 'r') AS rows,
           bool_or(o.reltuples < 0) FILTER (WHERE o.relkind = 'r') AS never_counted,
           string_agg(format(E'\nALTER TABLE %s ENABLE ROW LEVEL SECURITY;', o.object), '' ORDER BY o.object) AS enable,
           string_agg(format(E'\nALTER TABLE %s DISABLE ROW LEVEL SECURITY;', o.object), '' ORDER BY o.object) AS disable
    FROM folded AS f JOIN open AS o ON o.oid = f.leaf GROUP BY f.root
)
SELECT o.object, o.oid::bigint AS oid, o.nspname::text AS schema, o.relname::text AS "table",
       o.rights, counted.rows,
       CASE WHEN $2::text[] IS NULL AND o.nspname <> 'public'
            THEN 'Which schemas the API serves is not known; it may serve this one.'
            WHEN $2::text[] IS NULL THEN 'The API serves public unless it is told otherwise.'
            WHEN o.nspname = ANY ($2::text[]) THEN format('The API serves schema %I.', o.nspname)
            ELSE format('The API does not serve schema %I now.', o.nspname) END
       || CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_policy AS p WHERE p.polrelid = o.oid)
               THEN ' It has policies; none of them has any effect while row security is off.'
               ELSE ' It has no policy: with row security on, these roles see nothing until one is made.' END AS served,
       CASE WHEN o.nspname = ANY ($2::text[]) OR ($2::text[] IS NULL AND o.nspname = 'public') THEN 'bad'
            WHEN $2::text[] IS NULL THEN 'watch' ELSE 'info' END AS severity,
       o.first_role || CASE WHEN NOT o.reads THEN ' may write'
                            WHEN counted.rows IS NULL THEN ' reads all rows'
                            WHEN counted.rows >= 999500 THEN ' reads ' || round(counted.rows / 1000000.0, 1) || 'M rows'
                            WHEN counted.rows >= 1000 THEN ' reads ' || round(counted.rows / 1000.0) || 'k rows'
                            ELSE ' reads ' || counted.rows || ' rows' END AS evidence,
       format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', o.object) || coalesce(t.enable, '') AS fix,
       format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY;', o.object) || coalesce(t.disable, '') AS undo
FROM open AS o
LEFT JOIN together AS t ON t.root = o.oid
CROSS JOIN LATERAL (
    SELECT CASE WHEN o.relkind = 'r' AND o.reltuples >= 0 THEN o.reltuples::bigint
                WHEN o.relkind = 'p' AND NOT t.never_counted THEN t.rows::bigint END AS rows
) AS counted
WHERE NOT EXISTS (SELECT FROM folded AS f WHERE f.leaf = o.oid)
  AND NOT (o.relispartition AND EXISTS (
          SELECT FROM pg_partition_ancestors(o.oid) AS a (relid)
          JOIN pg_catalog.pg_class AS up ON up.oid = a.relid WHERE up.relrowsecurity))
ORDER BY 1
