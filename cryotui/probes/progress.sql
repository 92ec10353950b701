-- title: Progress
-- about: Everything that reports its progress: vacuum, analyze, index builds, rewrites, base backups, COPY. done of total is
--   the work of the current phase in unit; phases whose size is not known have none. total of COPY TO and of a scan by index
--   is the table's row estimate (estimated). waits_for is the session a concurrent index build waits for now,
--   will_wait_for the oldest snapshot of its database, which it has to wait for before it ends.
-- key: pid backend_start oid
-- counters: done bytes_done
-- reset: phase
-- units: query_age=seconds waits_for_age=seconds will_wait_age=seconds delay_time=milliseconds bytes_done=bytes
-- needs: role:pg_read_all_stats
-- every: 2
WITH sessions AS MATERIALIZED (
  SELECT pid, backend_start, backend_type, datid, usename, application_name, query, query_start, xact_start, wait_event_type,
         wait_event, backend_xmin
  FROM pg_stat_activity
), block AS (
  SELECT current_setting('block_size')::bigint AS size
), working (pid, datid, database, relid, index_oid, command, phase, step, steps, done, total, unit, bytes_done,
            index_rounds, waits_for, delay_time) AS (
  SELECT pid, datid, datname, relid, NULL::oid, 'VACUUM', phase,
         array_position(ARRAY['initializing', 'scanning heap', 'vacuuming indexes', 'vacuuming heap',
                              'cleaning up indexes', 'truncating heap', 'performing final cleanup'], phase), 7,
         CASE phase WHEN 'scanning heap' THEN heap_blks_scanned * block.size
                    WHEN 'vacuuming heap' THEN heap_blks_vacuumed * block.size
         END,
         CASE WHEN phase IN ('scanning heap', 'vacuuming heap') THEN heap_blks_total * block.size END,
         'bytes',
         NULL::bigint, index_vacuum_count, NULL::int, NULL::float8
  FROM pg_stat_progress_vacuum, block
  UNION ALL
  SELECT pid, datid, datname, coalesce(nullif(current_child_table_relid, 0), relid), NULL, 'ANALYZE', phase,
         array_position(ARRAY['initializing', 'acquiring sample rows', 'acquiring inherited sample rows',
                              'computing statistics', 'computing extended statistics', 'finalizing analyze'], phase), 6,
         CASE WHEN phase LIKE 'acquiring%' THEN sample_blks_scanned * block.size
              WHEN phase = 'computing extended statistics' THEN ext_stats_computed END,
         CASE WHEN phase LIKE 'acquiring%' THEN nullif(sample_blks_total, 0) * block.size
              WHEN phase = 'computing extended statistics' THEN nullif(ext_stats_total, 0) END,
         CASE WHEN phase = 'computing extended statistics' THEN 'statistics' ELSE 'bytes' END,
         NULL, NULL, NULL, NULL::float8
  FROM pg_stat_progress_analyze, block
  UNION ALL
  SELECT pid, datid, datname, relid, nullif(index_relid, 0), command, phase,
         array_position(CASE WHEN command LIKE '%CONCURRENTLY' THEN
                               ARRAY['initializing', 'waiting for writers before build', 'building index',
                                     'waiting for writers before validation', 'index validation: scanning index',
                                     'index validation: sorting tuples', 'index validation: scanning table',
                                     'waiting for old snapshots', 'waiting for readers before marking dead',
                                     'waiting for readers before dropping']
                             ELSE ARRAY['initializing', 'building index'] END,
                        CASE WHEN phase LIKE 'building index%' THEN 'building index' ELSE phase END),
         CASE command WHEN 'CREATE INDEX CONCURRENTLY' THEN 8 WHEN 'REINDEX CONCURRENTLY' THEN 10 ELSE 2 END,
         CASE WHEN phase LIKE 'waiting for%' THEN lockers_done
              WHEN phase LIKE '%scanning%' THEN blocks_done * block.size
              WHEN tuples_total > 0 THEN tuples_done END,
         CASE WHEN phase LIKE 'waiting for%' THEN nullif(lockers_total, 0)
              WHEN phase LIKE '%scanning%' THEN nullif(blocks_total, 0) * block.size
              WHEN tuples_total > 0 THEN tuples_total END,
         CASE WHEN phase LIKE 'waiting for%' THEN 'sessions' WHEN phase LIKE '%scanning%' THEN 'bytes' ELSE 'rows' END,
         NULL, NULL, nullif(current_locker_pid, 0)::int, NULL
  FROM pg_stat_progress_create_index, block
  UNION ALL
  SELECT pid, datid, datname, relid, nullif(cluster_index_relid, 0), command, phase,
         array_position(ARRAY['initializing', CASE WHEN phase = 'index scanning heap' THEN phase ELSE 'seq scanning heap' END,
                              'sorting tuples', 'writing new heap', 'swapping relation files', 'rebuilding index',
                              'performing final cleanup'], phase), 7,
         CASE phase WHEN 'seq scanning heap' THEN heap_blks_scanned * block.size
                    WHEN 'index scanning heap' THEN heap_tuples_scanned
                    WHEN 'writing new heap' THEN heap_tuples_written
                    WHEN 'rebuilding index' THEN index_rebuild_count END,
         CASE phase WHEN 'seq scanning heap' THEN heap_blks_total * block.size
                    WHEN 'writing new heap' THEN nullif(heap_tuples_scanned, 0)
                    WHEN 'rebuilding index' THEN
                      (SELECT nullif(count(*), 0) FROM pg_index AS i WHERE i.indrelid = relid AND datname = current_database())
         END,
         CASE phase WHEN 'seq scanning heap' THEN 'bytes' WHEN 'rebuilding index' THEN 'indexes' ELSE 'rows' END,
         NULL, NULL, NULL, NULL
  FROM pg_stat_progress_cluster, block
  UNION ALL
  SELECT pid, NULL, NULL, NULL, NULL, 'BASE_BACKUP', phase,
         array_position(ARRAY['initializing', 'waiting for checkpoint to finish', 'estimating backup size',
                              'streaming database files', 'waiting for wal archiving to finish',
                              'transferring wal files'], phase), 6,
         CASE WHEN phase = 'streaming database files' THEN backup_streamed END,
         CASE WHEN phase = 'streaming database files' THEN backup_total END, 'bytes', NULL, NULL, NULL, NULL
  FROM pg_stat_progress_basebackup
  UNION ALL
  SELECT pid, datid, datname, nullif(relid, 0), NULL, command, 'copying (' || lower(type) || ')', 1, 1,
         CASE WHEN bytes_total > 0 THEN bytes_processed ELSE tuples_processed END, nullif(bytes_total, 0),
         CASE WHEN bytes_total > 0 THEN 'bytes' ELSE 'rows' END, bytes_processed, NULL, NULL, NULL
  FROM pg_stat_progress_copy
)
SELECT w.pid, s.backend_start, w.database::text AS database, s.usename::text AS "user",
       s.application_name AS app, s.backend_type, w.command, s.backend_type = 'autovacuum worker' AS autovacuum,
       CASE WHEN s.backend_type = 'autovacuum worker' THEN s.query LIKE '%(to prevent wraparound)' END AS wraparound,
       w.relid AS oid, n.nspname::text AS schema, c.relname::text AS "table", w.index_oid, i.relname::text AS index,
       owner.relname::text AS toast_of,
       w.phase, w.step, w.steps, w.done, coalesce(w.total, guess.total) AS total,
       w.total IS NULL AND guess.total IS NOT NULL AS estimated, w.unit, w.bytes_done, w.index_rounds, w.delay_time,
       date_part('epoch', clock_timestamp() - s.query_start) AS query_age,
       s.wait_event_type AS wait_type, s.wait_event, s.query,
       w.waits_for, l.application_name AS waits_for_app,
       date_part('epoch', clock_timestamp() - l.xact_start) AS waits_for_age,
       old.pid AS will_wait_for, old.application_name AS will_wait_app,
       date_part('epoch', clock_timestamp() - old.xact_start) AS will_wait_age,
       w.phase IS NULL AS masked
FROM working AS w
LEFT JOIN sessions AS s ON s.pid = w.pid
LEFT JOIN sessions AS l ON l.pid = w.waits_for
LEFT JOIN pg_class AS c ON c.oid = w.relid AND w.database = current_database()
LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_class AS i ON i.oid = w.index_oid AND w.database = current_database()
LEFT JOIN pg_class AS owner
  ON c.relkind = 't' AND owner.oid = CASE WHEN c.relkind = 't' THEN substring(c.relname FROM '^pg_toast_(\d+)$')::oid END
LEFT JOIN LATERAL (
  SELECT c.reltuples::bigint AS total
  WHERE c.reltuples > 0 AND w.done IS NOT NULL AND (w.command = 'COPY TO' OR w.phase = 'index scanning heap')
) AS guess ON true
LEFT JOIN LATERAL (
  SELECT o.pid, o.application_name, o.xact_start FROM sessions AS o
  WHERE w.command LIKE '%CONCURRENTLY' AND o.datid = w.datid AND o.pid NOT IN (w.pid, pg_backend_pid())
    AND o.backend_xmin IS NOT NULL
  ORDER BY o.xact_start LIMIT 1
) AS old ON true
ORDER BY s.query_start, w.pid;
