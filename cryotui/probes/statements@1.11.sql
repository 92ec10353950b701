SELECT userid AS user_id, dbid AS database_id, queryid AS query_id, toplevel,
       calls, total_exec_time AS total_time, date_part('epoch', stats_since) AS stats_epoch,
       NULL::text AS "user", NULL::text AS database
FROM pg_stat_statements(showtext := false)
WHERE pg_has_role('pg_read_all_stats', 'USAGE')
UNION ALL
SELECT userid, dbid, queryid, toplevel, sum(calls)::bigint, sum(total_exec_time), date_part('epoch', min(stats_since)),
       pg_get_userbyid(userid)::text, (SELECT datname::text FROM pg_database AS d WHERE d.oid = dbid)
FROM pg_stat_statements(showtext := false)
WHERE NOT pg_has_role('pg_read_all_stats', 'USAGE')
GROUP BY userid, dbid, queryid, toplevel;
