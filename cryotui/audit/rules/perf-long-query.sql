-- title: Long-running statement
-- severity: watch
-- group: performance
-- kind: session
-- about: A statement that is at work for 5 minutes or longer. Those that wait for a lock are told by perf-blocked-sessions;
--   dumps and maintenance commands, which take their time, are info.
-- why: It takes processor, disk and memory from the others, and holds its snapshot and its locks until it ends.
-- detail: {what} {advice}
-- shape: SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = {pid} AND backend_start = {start} AND
--   query_start = {query_start};
-- lock: none; the transaction of the statement is rolled back
-- needs: role:pg_read_all_stats
-- cost: K2
-- parameters: minutes=5
-- references: https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT;
--   pghero long_running_queries; check_postgres query_time
WITH session AS MATERIALIZED (
    SELECT a.*, d.encoding = pg_char_to_encoding(getdatabaseencoding()) AS readable,
           -- who and what, without the numbers that some programs write into their name
           format('%I in %I, %s from %s', coalesce(a.usename, 'no role'), a.datname,
                  coalesce(nullif(regexp_replace(a.application_name, '\d{3,}', '#', 'g'), ''), 'no name'),
                  coalesce(host(a.client_addr), 'local')) AS object,
           extract(epoch FROM clock_timestamp() - a.query_start)::float8 AS age
    FROM pg_catalog.pg_stat_activity AS a
    JOIN pg_catalog.pg_database AS d ON d.oid = a.datid
    WHERE a.state IN ('active', 'fastpath function call') AND a.wait_event_type IS DISTINCT FROM 'Lock'
      AND a.pid <> pg_backend_pid() AND a.leader_pid IS NULL AND a.usesysid IS NOT NULL
      AND a.backend_type <> 'walsender' AND a.backend_type NOT LIKE 'logical replication%'
      AND a.query_start <= clock_timestamp() - $1::float8 * interval '1 minute'
), judged AS (
    SELECT s.*,
           s.application_name IN ('pg_dump', 'pg_dumpall', 'pg_restore', 'pg_repack', 'pg_basebackup')
               OR coalesce(s.query ~*
                  '^\s*(create\s+(unique\s+)?index|reindex|vacuum|analyze|cluster|repack|refresh\s+materialized|copy)\M', false) AS tool
    FROM session AS s
), ranked AS (
    SELECT j.*, count(*) OVER same AS sessions, row_number() OVER (PARTITION BY j.object ORDER BY j.tool, j.age DESC, j.pid) AS place,
           string_agg(CASE WHEN NOT j.tool THEN format(
               'SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = %s AND backend_start = %L AND query_start = %L;', j.pid,
               to_char(j.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00',
               to_char(j.query_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00') END, E'\n') OVER same AS fix
    FROM judged AS j
    WINDOW same AS (PARTITION BY j.object ORDER BY j.age DESC, j.pid ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
SELECT r.object, r.pid, r.backend_start, r.datname::text AS database, r.usename::text AS "user", r.application_name AS app,
       coalesce(host(r.client_addr), 'local') AS client, r.backend_type, r.state, r.wait_event_type AS wait_type, r.wait_event,
       r.age AS query_age, extract(epoch FROM clock_timestamp() - r.xact_start)::float8 AS transaction_age,
       age(r.backend_xmin) AS xmin_age, r.sessions, r.query_id, CASE WHEN r.readable THEN left(r.query, 1000) END AS query,
       'runs for ' || CASE WHEN r.age >= 172800 THEN floor(r.age / 86400) || ' days' WHEN r.age >= 7200 THEN floor(r.age / 3600) || ' h'
                           WHEN r.age >= 120 THEN floor(r.age / 60) || ' min' ELSE floor(r.age) || ' s' END
           || CASE WHEN r.sessions > 1 THEN format(', %s sessions', r.sessions) ELSE '' END AS evidence,
       format('Session %s %s.', r.pid, CASE WHEN r.wait_event_type IS NULL THEN 'computes'
                                            ELSE format('waits for %s %s', r.wait_event_type, r.wait_event) END) AS what,
       CASE WHEN r.tool THEN 'A dump or a maintenance command takes its time; cancel it only when it is stuck.'
            ELSE 'The fix cancels this statement, and only this one. statement_timeout of the role bounds the next.' END AS advice,
       CASE WHEN r.tool THEN 'info' END AS severity,
       r.fix
FROM ranked AS r
WHERE r.place = 1
ORDER BY 1
