SELECT s.userid AS user_id, s.dbid AS database_id, s.queryid AS query_id, s.toplevel,
       pg_get_userbyid(s.userid)::text AS "user", d.datname::text AS database,
       s.calls, s.total_exec_time AS total_time, s.rows, s.plans, s.total_plan_time AS plan_time,
       s.min_exec_time AS min_time, s.max_exec_time AS max_time,
       s.mean_exec_time AS mean_time, s.stddev_exec_time AS stddev_time,
       s.shared_blks_hit AS blocks_hit, s.shared_blks_read AS blocks_read,
       s.shared_blks_dirtied AS blocks_dirtied, s.shared_blks_written AS blocks_written,
       s.local_blks_read AS local_blocks_read, s.local_blks_written AS local_blocks_written,
       s.temp_blks_read AS temp_blocks_read, s.temp_blks_written AS temp_blocks_written,
       s.shared_blk_read_time AS read_time, s.shared_blk_write_time AS write_time,
       s.temp_blk_read_time + s.temp_blk_write_time AS temp_time,
       s.wal_records, s.wal_fpi, s.wal_bytes::bigint AS wal_bytes,
       NULL::bigint AS wal_buffers_full,
       s.jit_generation_time + s.jit_inlining_time + s.jit_optimization_time
         + s.jit_emission_time + s.jit_deform_time AS jit_time,
       NULL::bigint AS workers_planned, NULL::bigint AS workers_launched,
       s.stats_since AS stats_reset, s.minmax_stats_since AS minmax_reset
FROM pg_stat_statements(showtext := false) AS s
LEFT JOIN pg_database AS d ON d.oid = s.dbid
WHERE s.queryid IS NOT NULL AND ($1::bigint[] IS NULL OR s.queryid = ANY ($1::bigint[]));
