WITH known AS MATERIALIZED (
  SELECT date_part('epoch', pg_stat_get_db_stat_reset_time(d.oid)) AS stats_epoch
  FROM pg_database d
  WHERE d.datname = current_database()
)
SELECT c.oid AS index_oid, pg_stat_get_numscans(c.oid) AS scans, pg_stat_get_tuples_returned(c.oid) AS rows_read,
       date_part('epoch', pg_stat_get_lastscan(c.oid)) AS last_scan_epoch, k.stats_epoch
FROM known k
CROSS JOIN pg_class c
WHERE c.relkind = 'i' AND c.relnamespace <> 'pg_catalog'::regnamespace AND c.relnamespace <> 'pg_toast'::regnamespace
