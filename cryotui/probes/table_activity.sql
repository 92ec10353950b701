-- title: Activity of tables
-- about: What changes from moment to moment in every table outside the system catalogs: live, dead and changed rows as the
--   statistics count them, who vacuums or analyses it now, what was read and written. A standby does not know rows; a
--   partitioned table has none of its own.
-- key: oid
-- counters: seq_scans inserted updated deleted hot_updated blocks_hit blocks_read
-- reset: stats_epoch
-- units: rows=rows dead_rows=rows modified_rows=rows inserted_rows=rows blocks_hit=blocks blocks_read=blocks
-- every: 2
WITH known AS MATERIALIZED (
  SELECT pg_is_in_recovery() AS standby, date_part('epoch', pg_stat_get_db_stat_reset_time(d.oid)) AS stats_epoch
  FROM pg_database d
  WHERE d.datname = current_database()
), running AS MATERIALIZED (
  SELECT relid, min(pid) FILTER (WHERE NOT analyzing) AS vacuum_pid, min(pid) FILTER (WHERE analyzing) AS analyze_pid
  FROM (
    SELECT relid, pid, datname, false AS analyzing FROM pg_stat_progress_vacuum
    UNION ALL SELECT relid, pid, datname, false FROM pg_stat_progress_cluster
    UNION ALL SELECT relid, pid, datname, true FROM pg_stat_progress_analyze) AS progress
  WHERE datname = current_database()
  GROUP BY relid
)
SELECT c.oid, w.vacuum_pid, w.analyze_pid,
       CASE WHEN NOT k.standby AND c.relkind <> 'p' THEN pg_stat_get_live_tuples(c.oid) END AS rows,
       CASE WHEN NOT k.standby AND c.relkind <> 'p' THEN pg_stat_get_dead_tuples(c.oid) END AS dead_rows,
       CASE WHEN NOT k.standby THEN pg_stat_get_mod_since_analyze(c.oid) END AS modified_rows,
       CASE WHEN NOT k.standby AND c.relkind <> 'p' THEN pg_stat_get_ins_since_vacuum(c.oid) END AS inserted_rows,
       pg_stat_get_numscans(c.oid) AS seq_scans,
       pg_stat_get_tuples_inserted(c.oid) AS inserted, pg_stat_get_tuples_updated(c.oid) AS updated,
       pg_stat_get_tuples_deleted(c.oid) AS deleted, pg_stat_get_tuples_hot_updated(c.oid) AS hot_updated,
       pg_stat_get_blocks_hit(c.oid) AS blocks_hit,
       pg_stat_get_blocks_fetched(c.oid) - pg_stat_get_blocks_hit(c.oid) AS blocks_read,
       k.stats_epoch
FROM known k
CROSS JOIN pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN running w ON w.relid = c.oid
WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
