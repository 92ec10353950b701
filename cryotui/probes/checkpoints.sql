-- title: Checkpoints
-- about: How often a checkpoint came because its time was up and how often because WAL filled up or somebody asked for it,
--   what they wrote and how long that took, since the reset. Restartpoints are a standby's; counted from server 17 on.
-- key: name
-- counters: timed requested restartpoints write_time sync_time buffers_written
-- reset: stats_reset
-- units: write_time=milliseconds sync_time=milliseconds stats_age=seconds last_checkpoint_age=seconds
-- every: 5
SELECT 'checkpoints' AS name,
       b.checkpoints_timed AS timed,
       b.checkpoints_req AS requested,
       NULL::bigint AS restartpoints,
       b.checkpoint_write_time AS write_time,
       b.checkpoint_sync_time AS sync_time,
       b.buffers_checkpoint AS buffers_written,
       b.stats_reset,
       extract(epoch FROM clock_timestamp() - b.stats_reset)::float8 AS stats_age,
       extract(epoch FROM clock_timestamp() - k.checkpoint_time)::float8 AS last_checkpoint_age,
       k.timeline_id AS timeline
FROM pg_stat_bgwriter b
CROSS JOIN pg_control_checkpoint() k;
