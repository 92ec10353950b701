SELECT 'statements' AS name, dealloc AS evicted, stats_reset,
       date_part('epoch', clock_timestamp() - stats_reset) AS stats_age,
       current_setting('pg_stat_statements.max', true)::bigint AS statements_max,
       current_setting('pg_stat_statements.track', true) AS track,
       current_setting('pg_stat_statements.track_planning', true) = 'on' AS track_planning,
       (SELECT oid FROM pg_roles WHERE rolname = current_user) AS own_user_id
FROM pg_stat_statements_info();
