-- title: Use of indexes
-- about: How often each index outside the system catalogs was scanned since the statistics began, and entries read from it.
--   When it was scanned last is known from server 16 on.
-- key: index_oid
-- counters: scans rows_read
-- reset: stats_epoch
-- units: rows_read=rows last_scan_epoch=seconds
-- every: 2
WITH known AS MATERIALIZED (
  SELECT date_part('epoch', pg_stat_get_db_stat_reset_time(d.oid)) AS stats_epoch
  FROM pg_database d
  WHERE d.datname = current_database()
)
SELECT c.oid AS index_oid, pg_stat_get_numscans(c.oid) AS scans, pg_stat_get_tuples_returned(c.oid) AS rows_read,
       NULL::float8 AS last_scan_epoch, k.stats_epoch
FROM known k
CROSS JOIN pg_class c
WHERE c.relkind = 'i' AND c.relnamespace <> 'pg_catalog'::regnamespace AND c.relnamespace <> 'pg_toast'::regnamespace
