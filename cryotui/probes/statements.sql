-- title: Statements
-- about: Calls and execution time of every statement that pg_stat_statements keeps, without texts. Statements of other
--   users come as one row each user and database (query_id null) to a role without pg_read_all_stats: its calls and time
--   are theirs together.
-- key: user_id database_id query_id toplevel
-- counters: calls total_time
-- reset: stats_epoch
-- units: total_time=milliseconds stats_epoch=seconds
-- needs: extension:pg_stat_statements role:pg_read_all_stats
-- calls: pg_stat_statements pg_stat_statements_info
-- every: 2
SELECT userid AS user_id, dbid AS database_id, queryid AS query_id, NULL::boolean AS toplevel,
       calls, total_time, NULL::float8 AS stats_epoch,
       NULL::text AS "user", NULL::text AS database
FROM pg_stat_statements(showtext := false)
WHERE pg_has_role('pg_read_all_stats', 'USAGE')
UNION ALL
SELECT userid, dbid, queryid, NULL::boolean, sum(calls)::bigint, sum(total_time), NULL::float8,
       pg_get_userbyid(userid)::text, (SELECT datname::text FROM pg_database AS d WHERE d.oid = dbid)
FROM pg_stat_statements(showtext := false)
WHERE NOT pg_has_role('pg_read_all_stats', 'USAGE')
GROUP BY userid, dbid, queryid;
