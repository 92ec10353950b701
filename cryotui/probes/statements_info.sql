-- title: Statement statistics
-- about: Since when pg_stat_statements counts, how many entries it may keep, and how often it threw out the least used ones
--   to make room (evicted): a statement thrown out loses what it had counted.
-- key: name
-- counters: evicted
-- reset: stats_reset
-- units: stats_age=seconds
-- needs: extension:pg_stat_statements
-- calls: pg_stat_statements_info
-- every: 2
SELECT 'statements' AS name, NULL::bigint AS evicted, NULL::timestamptz AS stats_reset,
       NULL::float8 AS stats_age,
       current_setting('pg_stat_statements.max', true)::bigint AS statements_max,
       current_setting('pg_stat_statements.track', true) AS track,
       current_setting('pg_stat_statements.track_planning', true) = 'on' AS track_planning,
       (SELECT oid FROM pg_roles WHERE rolname = current_user) AS own_user_id;
