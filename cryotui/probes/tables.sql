-- title: Tables
-- about: Every table, partition, materialized view and partitioned table outside the system catalogs, with its rows, its
--   activity and its last maintenance. Row numbers are estimates of the statistics. The heap size is that of the last
--   VACUUM or ANALYZE (relpages), null before the first one. A standby does not know rows and maintenance.
-- key: oid
-- counters: seq_scans seq_rows inserted updated deleted hot_updated blocks_hit blocks_read
-- reset: stats_epoch
-- units: rows=rows dead_rows=rows modified_rows=rows inserted_rows=rows heap_size=bytes last_vacuum_age=seconds
--   last_autovacuum_age=seconds last_analyze_age=seconds last_autoanalyze_age=seconds blocks_hit=blocks blocks_read=blocks
-- every: 2
WITH known AS MATERIALIZED (
  SELECT clock_timestamp() AS now, current_setting('block_size')::bigint AS block_size,
         pg_is_in_recovery() AS standby, date_part('epoch', pg_stat_get_db_stat_reset_time(d.oid)) AS stats_epoch
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
SELECT c.oid, n.nspname::text AS schema, c.relname::text AS "table",
       CASE WHEN c.relpersistence = 't' THEN 'temporary' WHEN c.relkind = 'p' THEN 'partitioned'
            WHEN c.relispartition THEN 'partition' WHEN c.relkind = 'm' THEN 'matview' ELSE 'table' END AS kind,
       r.rolname::text AS owner, e.extname::text AS extension,
       -- Statistics that saw neither VACUUM nor ANALYZE know no more than what was written since they began.
       CASE WHEN k.standby OR c.relkind = 'p' THEN nullif(c.reltuples, -1)
            WHEN pg_stat_get_autoanalyze_count(c.oid) > 0 OR pg_stat_get_analyze_count(c.oid) > 0
              OR pg_stat_get_autovacuum_count(c.oid) > 0 OR pg_stat_get_vacuum_count(c.oid) > 0
              THEN pg_stat_get_live_tuples(c.oid)
            WHEN c.reltuples >= 0 THEN greatest(pg_stat_get_live_tuples(c.oid), c.reltuples)
            ELSE nullif(pg_stat_get_live_tuples(c.oid), 0) END::bigint AS rows,
       CASE WHEN NOT k.standby AND c.relkind <> 'p' THEN pg_stat_get_dead_tuples(c.oid) END AS dead_rows,
       CASE WHEN NOT k.standby THEN pg_stat_get_mod_since_analyze(c.oid) END AS modified_rows,
       CASE WHEN NOT k.standby AND c.relkind <> 'p' THEN pg_stat_get_ins_since_vacuum(c.oid) END AS inserted_rows,
       CASE WHEN c.relkind <> 'p' AND (c.reltuples >= 0 OR c.relpages > 0) THEN c.relpages * k.block_size END AS heap_size,
       date_part('epoch', k.now - pg_stat_get_last_vacuum_time(c.oid)) AS last_vacuum_age,
       date_part('epoch', k.now - pg_stat_get_last_autovacuum_time(c.oid)) AS last_autovacuum_age,
       date_part('epoch', k.now - pg_stat_get_last_analyze_time(c.oid)) AS last_analyze_age,
       date_part('epoch', k.now - pg_stat_get_last_autoanalyze_time(c.oid)) AS last_autoanalyze_age,
       w.vacuum_pid, w.analyze_pid,
       pg_stat_get_numscans(c.oid) AS seq_scans, pg_stat_get_tuples_returned(c.oid) AS seq_rows,
       pg_stat_get_tuples_inserted(c.oid) AS inserted, pg_stat_get_tuples_updated(c.oid) AS updated,
       pg_stat_get_tuples_deleted(c.oid) AS deleted, pg_stat_get_tuples_hot_updated(c.oid) AS hot_updated,
       pg_stat_get_blocks_hit(c.oid) AS blocks_hit,
       pg_stat_get_blocks_fetched(c.oid) - pg_stat_get_blocks_hit(c.oid) AS blocks_read,
       k.stats_epoch
FROM known k
CROSS JOIN pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_roles r ON r.oid = c.relowner
LEFT JOIN pg_depend x ON x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.objsubid = 0
                      AND x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
LEFT JOIN pg_extension e ON e.oid = x.refobjid
LEFT JOIN running w ON w.relid = c.oid
WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
