-- title: Statistics missing
-- severity: watch
-- group: performance
-- kind: table
-- about: Columns of a table with 100 rows or more that have no statistics though others of it have (added or changed in type
--   after the last ANALYZE, or switched off), a small table that was never analysed, and a partitioned table whose whole was
--   never analysed, which autovacuum never does. Below 10,000 rows it is information. Large tables that were never analysed at
--   all have a rule of their own.
-- why: The planner takes a fixed guess for such a column, and chooses joins and indexes for another table than this one.
-- evidence: {missing}
-- detail: {columns} of {all_columns} columns without statistics: {names}. About {rows:count} rows. {advice}
-- shape: ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS -1;\nANALYZE {table};
-- lock: SHARE UPDATE EXCLUSIVE; reads and writes go on
-- cost: K2
-- timeout: 10
-- parameters: rows=100 large=10000
-- references: https://www.postgresql.org/docs/current/planner-stats.html; https://www.postgresql.org/docs/current/sql-analyze.html; pgx no_stats_table_check
WITH RECURSIVE parted AS (
    SELECT p.oid AS root, p.oid AS part FROM pg_catalog.pg_class AS p
    WHERE p.relkind = 'p' AND NOT p.relispartition AND p.oid >= 16384
    UNION ALL
    SELECT r.root, i.inhrelid FROM parted AS r JOIN pg_catalog.pg_inherits AS i ON i.inhparent = r.part
), root AS (
    SELECT r.root, sum(greatest(pg_stat_get_live_tuples(c.oid), c.reltuples, 0))::float8 AS rows
    FROM parted AS r JOIN pg_catalog.pg_class AS c ON c.oid = r.part AND c.relkind = 'r'
    GROUP BY r.root
), candidate AS MATERIALIZED (
    SELECT t.oid, n.nspname, t.relname, t.relkind, t.relrowsecurity,
           coalesce(r.rows, greatest(pg_stat_get_live_tuples(t.oid), t.reltuples, 0)::float8) AS rows
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    LEFT JOIN root AS r ON r.root = t.oid
    WHERE t.relkind IN ('r', 'm', 'p') AND t.relpersistence <> 't' AND t.oid >= 16384
      AND (t.relkind <> 'p' OR r.root IS NOT NULL)
), enough AS MATERIALIZED (
    SELECT c.*, has_table_privilege(c.oid, 'SELECT') AND NOT (c.relrowsecurity AND row_security_active(c.oid)) AS sees
    FROM candidate AS c WHERE c.rows >= $1::float8
), known AS MATERIALIZED (
    SELECT s.schemaname, s.tablename, s.attname, s.inherited FROM pg_catalog.pg_stats AS s
    WHERE s.schemaname NOT IN ('pg_catalog', 'information_schema')
), listed AS (
    SELECT e.oid, e.nspname, e.relname, e.relkind, e.rows, count(*) AS all_columns, count(k.attname) AS known_columns,
           string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FILTER (WHERE k.attname IS NULL) AS names,
           count(*) FILTER (WHERE k.attname IS NULL AND a.switched_off) AS switched_off,
           string_agg(format('ALTER COLUMN %I SET STATISTICS -1', a.attname), ', ' ORDER BY a.attnum)
               FILTER (WHERE k.attname IS NULL AND a.switched_off) AS switch_on
    FROM enough AS e
    JOIN LATERAL (
        SELECT a.attname, a.attnum, a.attstattarget = 0 AS switched_off
        FROM pg_catalog.pg_attribute AS a
        -- virtual columns (from 18 on) never have any
        WHERE a.attrelid = e.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated <> 'v'
    ) AS a ON true
    LEFT JOIN known AS k ON k.schemaname = e.nspname AND k.tablename = e.relname AND k.attname = a.attname
     AND k.inherited = (e.relkind = 'p')
    WHERE e.sees
    GROUP BY e.oid, e.nspname, e.relname, e.relkind, e.rows
)
SELECT format('%I.%I', l.nspname, l.relname) AS object, l.oid::bigint AS oid, l.nspname::text AS schema,
       l.relname::text AS "table", l.rows, l.all_columns, l.all_columns - l.known_columns AS columns, l.names,
       CASE WHEN l.known_columns > 0 THEN 'none of ' || l.names
            WHEN l.relkind = 'p' THEN 'none of the whole' ELSE 'never analysed' END AS missing,
       CASE WHEN l.switched_off > 0 THEN format('SET STATISTICS 0 switched them off for %s.', l.switched_off)
            WHEN l.relkind = 'p' THEN 'Partitions have their own; autovacuum never analyses the whole, so a job has to.'
            ELSE 'ANALYZE gives them.' END AS advice,
       CASE WHEN l.rows < $2::float8 OR l.switched_off = l.all_columns - l.known_columns THEN 'info' END AS severity,
       concat_ws(E'\n', CASE WHEN l.switched_off > 0 THEN format('ALTER TABLE %I.%I %s;', l.nspname, l.relname, l.switch_on) END,
                 format('ANALYZE %I.%I;', l.nspname, l.relname)) AS fix,
       NULL::text AS unknown, NULL::text AS remedy
FROM listed AS l
WHERE l.known_columns < l.all_columns
  -- a large table without any is found by perf-never-vacuumed
  AND (l.known_columns > 0 OR l.relkind = 'p' OR l.rows < $2::float8)
UNION ALL
SELECT format('%I.%I', e.nspname, e.relname), e.oid::bigint, e.nspname::text, e.relname::text, e.rows, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, 'its statistics are hidden from this role',
       format('GRANT SELECT ON %I.%I TO %I;', e.nspname, e.relname, current_user)
FROM enough AS e
WHERE NOT e.sees
ORDER BY 1
