-- title: Statement numbers
-- about: All numbers of some statements. minmax_reset is since when least and most count; read_time and write_time are
--   measured with track_io_timing only, plan_time with pg_stat_statements.track_planning only. Without parameter: of all.
-- key: user_id database_id query_id toplevel
-- counters: calls total_time rows plans plan_time blocks_hit blocks_read blocks_dirtied blocks_written
--   local_blocks_read local_blocks_written temp_blocks_read temp_blocks_written read_time write_time temp_time
--   wal_records wal_fpi wal_bytes wal_buffers_full jit_time workers_planned workers_launched
-- reset: stats_reset
-- units: total_time=milliseconds min_time=milliseconds max_time=milliseconds mean_time=milliseconds
--   stddev_time=milliseconds plan_time=milliseconds read_time=milliseconds write_time=milliseconds
--   temp_time=milliseconds jit_time=milliseconds blocks_hit=blocks blocks_read=blocks blocks_dirtied=blocks
--   blocks_written=blocks local_blocks_read=blocks local_blocks_written=blocks temp_blocks_read=blocks
--   temp_blocks_written=blocks wal_bytes=bytes rows=rows
-- needs: extension:pg_stat_statements role:pg_read_all_stats
-- calls: pg_stat_statements pg_stat_statements_info
-- parameters: query_ids:bigint[]
-- every: 2
SELECT s.userid AS user_id, s.dbid AS database_id, s.queryid AS query_id, NULL::boolean AS toplevel,
       pg_get_userbyid(s.userid)::text AS "user", d.datname::text AS database,
       s.calls, s.total_time, s.rows, NULL::bigint AS plans, NULL::float8 AS plan_time,
       s.min_time, s.max_time, s.mean_time, s.stddev_time,
       s.shared_blks_hit AS blocks_hit, s.shared_blks_read AS blocks_read,
       s.shared_blks_dirtied AS blocks_dirtied, s.shared_blks_written AS blocks_written,
       s.local_blks_read AS local_blocks_read, s.local_blks_written AS local_blocks_written,
       s.temp_blks_read AS temp_blocks_read, s.temp_blks_written AS temp_blocks_written,
       s.blk_read_time AS read_time, s.blk_write_time AS write_time,
       NULL::float8 AS temp_time,
       NULL::bigint AS wal_records, NULL::bigint AS wal_fpi, NULL::bigint AS wal_bytes,
       NULL::bigint AS wal_buffers_full,
       NULL::float8 AS jit_time,
       NULL::bigint AS workers_planned, NULL::bigint AS workers_launched,
       NULL::timestamptz AS stats_reset, NULL::timestamptz AS minmax_reset
FROM pg_stat_statements(showtext := false) AS s
LEFT JOIN pg_database AS d ON d.oid = s.dbid
WHERE s.queryid IS NOT NULL AND ($1::bigint[] IS NULL OR s.queryid = ANY ($1::bigint[]));
