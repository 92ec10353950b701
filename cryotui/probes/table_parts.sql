-- title: Toast and indexes of tables
-- about: For each table the size of its toast table (without the index of that) and of its indexes as of their last VACUUM
--   or ANALYZE (relpages), how many indexes it has, and how often they were scanned. The toast size is null while it is not
--   known: after the first value went out of line and before the first VACUUM.
-- key: oid
-- counters: idx_scans
-- reset: stats_epoch
-- units: toast_size=bytes index_size=bytes
-- every: 30
WITH known AS MATERIALIZED (
  SELECT current_setting('block_size')::bigint AS block_size,
         date_part('epoch', pg_stat_get_db_stat_reset_time(d.oid)) AS stats_epoch
  FROM pg_database d
  WHERE d.datname = current_database()
), part AS (
  SELECT i.indrelid, count(*) AS indexes, sum(x.relpages) AS pages, sum(pg_stat_get_numscans(x.oid)) AS scans
  FROM pg_class x
  JOIN pg_index i ON i.indexrelid = x.oid
  WHERE x.relkind = 'i' AND x.relnamespace <> 'pg_toast'::regnamespace AND x.relnamespace <> 'pg_catalog'::regnamespace
  GROUP BY i.indrelid
)
SELECT c.oid,
       CASE WHEN c.relkind = 'p' THEN NULL
            WHEN t.oid IS NULL THEN 0
            WHEN t.reltuples < 0 AND pg_stat_get_tuples_inserted(t.oid) > 0 THEN NULL
            ELSE t.relpages * k.block_size END::bigint AS toast_size,
       CASE WHEN c.relkind <> 'p' THEN coalesce(p.pages, 0) * k.block_size END::bigint AS index_size,
       coalesce(p.indexes, 0)::int AS indexes,
       CASE WHEN c.relkind <> 'p' THEN coalesce(p.scans, 0) END::bigint AS idx_scans,
       k.stats_epoch
FROM known k
CROSS JOIN pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
LEFT JOIN part p ON p.indrelid = c.oid
WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
