-- title: Tables
-- about: Every table, partition, materialized view and partitioned table outside the system catalogs: what it is, whose it
--   is, and its last maintenance. The planned rows are what the planner last learned, null before the first VACUUM or
--   ANALYZE; the heap size is that of the last one (relpages). A standby does not know maintenance. What is done to each,
--   and its rows now, tells table_activity.
-- key: oid
-- units: planned_rows=rows heap_size=bytes last_vacuum_age=seconds last_autovacuum_age=seconds last_analyze_age=seconds
--   last_autoanalyze_age=seconds
-- every: 5
WITH known AS MATERIALIZED (
  SELECT clock_timestamp() AS now, current_setting('block_size')::bigint AS block_size
)
SELECT c.oid, n.nspname::text AS schema, c.relname::text AS "table",
       CASE WHEN c.relpersistence = 't' THEN 'temporary' WHEN c.relkind = 'p' THEN 'partitioned'
            WHEN c.relispartition THEN 'partition' WHEN c.relkind = 'm' THEN 'matview' ELSE 'table' END AS kind,
       r.rolname::text AS owner, e.extname::text AS extension,
       nullif(c.reltuples, -1)::bigint AS planned_rows,
       CASE WHEN c.relkind <> 'p' AND (c.reltuples >= 0 OR c.relpages > 0) THEN c.relpages * k.block_size END AS heap_size,
       pg_stat_get_autoanalyze_count(c.oid) > 0 OR pg_stat_get_analyze_count(c.oid) > 0
         OR pg_stat_get_autovacuum_count(c.oid) > 0 OR pg_stat_get_vacuum_count(c.oid) > 0 AS maintained,
       date_part('epoch', k.now - pg_stat_get_last_vacuum_time(c.oid)) AS last_vacuum_age,
       date_part('epoch', k.now - pg_stat_get_last_autovacuum_time(c.oid)) AS last_autovacuum_age,
       date_part('epoch', k.now - pg_stat_get_last_analyze_time(c.oid)) AS last_analyze_age,
       date_part('epoch', k.now - pg_stat_get_last_autoanalyze_time(c.oid)) AS last_autoanalyze_age
FROM known k
CROSS JOIN pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_roles r ON r.oid = c.relowner
LEFT JOIN pg_depend x ON x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.objsubid = 0
                      AND x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
LEFT JOIN pg_extension e ON e.oid = x.refobjid
WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
