-- title: Idle in transaction
-- severity: watch
-- group: performance
-- kind: session
-- about: A session that began a transaction and then did nothing for 5 minutes (watch) or 15 minutes (bad). One that holds
--   neither a lock nor a snapshot is info.
-- why: Its locks and its snapshot stay: writers and schema changes wait for it, vacuum cleans nothing that is younger, and a
--   connection is taken.
-- detail: {what} The fix ends the session and rolls its work back; idle_in_transaction_session_timeout does so by itself.
-- shape: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = {pid} AND backend_start = {start};
-- lock: none; the work of the transaction is rolled back
-- needs: role:pg_read_all_stats
-- cost: K2
-- parameters: minutes=5 bad_minutes=15
-- references: https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-IN-TRANSACTION-SESSION-TIMEOUT;
--   check_postgres txn_idle
WITH session AS MATERIALIZED (
    SELECT a.*, d.encoding = pg_char_to_encoding(getdatabaseencoding()) AS readable,
           -- who and what, without the numbers that some programs write into their name
           format('%I in %I, %s from %s', coalesce(a.usename, 'no role'), a.datname,
                  coalesce(nullif(regexp_replace(a.application_name, '\d{3,}', '#', 'g'), ''), 'no name'),
                  coalesce(host(a.client_addr), 'local')) AS object,
           extract(epoch FROM clock_timestamp() - a.state_change)::float8 AS age
    FROM pg_catalog.pg_stat_activity AS a
    JOIN pg_catalog.pg_database AS d ON d.oid = a.datid
    WHERE a.state LIKE 'idle in transaction%' AND a.pid <> pg_backend_pid()
      AND a.state_change <= clock_timestamp() - $1::float8 * interval '1 minute'
), held AS MATERIALIZED (
    -- the lock table is read only when somebody idles
    SELECT l.pid, count(DISTINCT l.relation) FILTER (WHERE l.locktype = 'relation') AS relations,
           string_agg(DISTINCT format('%I.%I', n.nspname, c.relname), ', ')
               FILTER (WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm', 'v', 'f')) AS names,
           bool_or(c.oid IS NULL OR c.oid >= 16384) AS any_lock
    FROM pg_catalog.pg_locks AS l
    LEFT JOIN pg_catalog.pg_class AS c ON l.locktype = 'relation' AND c.oid = l.relation
     AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
    LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE l.granted AND l.locktype <> 'virtualxid' AND l.pid IN (SELECT s.pid FROM session AS s)
    GROUP BY l.pid
), judged AS (
    SELECT s.*, h.names, coalesce(h.relations, 0) AS relations,
           CASE WHEN s.backend_xid IS NULL AND s.backend_xmin IS NULL AND NOT coalesce(h.any_lock, false) THEN 3
                WHEN s.age < $2::float8 * 60 THEN 2 ELSE 1 END AS level
    FROM session AS s
    LEFT JOIN held AS h ON h.pid = s.pid
), ranked AS (
    SELECT j.*, count(*) OVER same AS sessions, row_number() OVER (PARTITION BY j.object ORDER BY j.level, j.age DESC, j.pid) AS place,
           string_agg(format(
               'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s AND backend_start = %L;', j.pid,
               to_char(j.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00'), E'\n') OVER same AS fix
    FROM judged AS j
    WINDOW same AS (PARTITION BY j.object ORDER BY j.age DESC, j.pid ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
SELECT r.object, r.pid, r.backend_start, r.datname::text AS database, r.usename::text AS "user", r.application_name AS app,
       coalesce(host(r.client_addr), 'local') AS client, r.backend_type, r.state, r.age AS state_age,
       extract(epoch FROM clock_timestamp() - r.xact_start)::float8 AS transaction_age, age(r.backend_xmin) AS xmin_age,
       r.sessions, r.query_id, CASE WHEN r.readable THEN left(r.query, 1000) END AS query,
       'idle for ' || CASE WHEN r.age >= 172800 THEN floor(r.age / 86400) || ' days' WHEN r.age >= 7200 THEN floor(r.age / 3600) || ' h'
                           WHEN r.age >= 120 THEN floor(r.age / 60) || ' min' ELSE floor(r.age) || ' s' END
           || CASE WHEN r.sessions > 1 THEN format(', %s sessions', r.sessions) ELSE '' END AS evidence,
       format('Session %s ', r.pid)
           || CASE WHEN r.level = 3 THEN 'holds neither a lock nor a snapshot, only its connection.'
                   WHEN r.names IS NOT NULL THEN format('holds locks on %s%s.', left(r.names, 120), CASE WHEN length(r.names) > 120 THEN ' ...' ELSE '' END)
                   WHEN r.relations > 0 THEN format('holds locks on %s relations.', r.relations)
                   ELSE 'holds its snapshot or its own transaction.' END
           || CASE WHEN r.state LIKE '%aborted%' THEN ' Its transaction has failed and can only be rolled back.' ELSE '' END AS what,
       CASE r.level WHEN 1 THEN 'bad' WHEN 2 THEN 'watch' ELSE 'info' END AS severity,
       r.fix
FROM ranked AS r
WHERE r.place = 1
ORDER BY 1
