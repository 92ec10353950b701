-- title: Long transaction
-- severity: watch
-- group: performance
-- kind: session
-- about: A transaction that is open for an hour or longer, whatever its session does now. One that has been idle for five
--   minutes is told by perf-idle-in-transaction; dumps and maintenance commands, which take their time, are info.
-- why: Vacuum removes nothing that became garbage since it began, in any table of its database, so tables and indexes grow
--   and every query reads more; its locks stay as long.
-- detail: {what} {advice}
-- shape: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = {pid} AND backend_start = {start};
-- lock: none; the work of the transaction is rolled back
-- needs: role:pg_read_all_stats
-- cost: K2
-- parameters: minutes=60
-- references: https://www.postgresql.org/docs/current/routine-vacuuming.html;
--   https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW;
--   check_postgres txn_time
WITH session AS MATERIALIZED (
    SELECT a.*, d.encoding = pg_char_to_encoding(getdatabaseencoding()) AS readable,
           -- who and what, without the numbers that some programs write into their name
           format('%I in %I, %s from %s', coalesce(a.usename, 'no role'), a.datname,
                  coalesce(nullif(regexp_replace(a.application_name, '\d{3,}', '#', 'g'), ''), 'no name'),
                  coalesce(host(a.client_addr), 'local')) AS object,
           extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS age
    FROM pg_catalog.pg_stat_activity AS a
    JOIN pg_catalog.pg_database AS d ON d.oid = a.datid
    WHERE a.pid <> pg_backend_pid() AND a.leader_pid IS NULL AND a.usesysid IS NOT NULL
      AND a.backend_type <> 'walsender' AND a.backend_type NOT LIKE 'logical replication%'
      AND a.xact_start <= clock_timestamp() - $1::float8 * interval '1 minute'
      AND NOT (a.state LIKE 'idle in transaction%' AND a.state_change < clock_timestamp() - interval '5 minutes')
), judged AS (
    SELECT s.*,
           s.application_name IN ('pg_dump', 'pg_dumpall', 'pg_restore', 'pg_repack', 'pg_basebackup')
               OR coalesce(s.state = 'active' AND s.query ~*
                  '^\s*(create\s+(unique\s+)?index|reindex|vacuum|analyze|cluster|repack|refresh\s+materialized|copy)\M', false) AS tool
    FROM session AS s
), ranked AS (
    SELECT j.*, count(*) OVER same AS sessions, row_number() OVER (PARTITION BY j.object ORDER BY j.tool, j.age DESC, j.pid) AS place,
           string_agg(CASE WHEN NOT j.tool THEN format(
               'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s AND backend_start = %L;', j.pid,
               to_char(j.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00') END, E'\n') OVER same AS fix
    FROM judged AS j
    WINDOW same AS (PARTITION BY j.object ORDER BY j.age DESC, j.pid ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
SELECT r.object, r.pid, r.backend_start, r.datname::text AS database, r.usename::text AS "user", r.application_name AS app,
       coalesce(host(r.client_addr), 'local') AS client, r.backend_type, r.state, r.age AS transaction_age, r.sessions, r.query_id,
       age(r.backend_xmin) AS xmin_age, CASE WHEN r.readable THEN left(r.query, 1000) END AS query,
       'open for ' || CASE WHEN r.age >= 172800 THEN floor(r.age / 86400) || ' days' WHEN r.age >= 7200 THEN floor(r.age / 3600) || ' h'
                           WHEN r.age >= 120 THEN floor(r.age / 60) || ' min' ELSE floor(r.age) || ' s' END
           || CASE WHEN r.sessions > 1 THEN format(', %s sessions', r.sessions) ELSE '' END AS evidence,
       format('Session %s is %s since %s s.', r.pid, coalesce(r.state, 'in no known state'),
              floor(extract(epoch FROM clock_timestamp() - r.state_change)))
           || CASE WHEN r.backend_xmin IS NULL THEN '' ELSE format(' Its snapshot is %s transactions old.', age(r.backend_xmin)) END AS what,
       CASE WHEN r.tool THEN 'A dump or a maintenance command takes its time; end it only when it is stuck.'
            ELSE 'The fix ends the session and rolls its work back. Commit more often, or set transaction_timeout (from 17 on).'
       END AS advice,
       CASE WHEN r.tool THEN 'info' END AS severity,
       r.fix
FROM ranked AS r
WHERE r.place = 1
ORDER BY 1
