SELECT 'checkpoints' AS name,
       c.num_timed AS timed,
       c.num_requested AS requested,
       c.restartpoints_done AS restartpoints,
       c.write_time,
       c.sync_time,
       c.buffers_written,
       c.stats_reset,
       extract(epoch FROM clock_timestamp() - c.stats_reset)::float8 AS stats_age,
       extract(epoch FROM clock_timestamp() - k.checkpoint_time)::float8 AS last_checkpoint_age,
       k.timeline_id AS timeline
FROM pg_stat_checkpointer c
CROSS JOIN pg_control_checkpoint() k;
