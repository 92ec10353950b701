-- title: Blocked sessions
-- severity: watch
-- group: performance
-- kind: session
-- about: Who others wait for: the session or prepared transaction at the root of a queue in which somebody has waited for a
--   lock for 10 seconds (watch) or a minute (bad). Every kind of lock counts.
-- why: The queue grows behind the root, each in it keeps its connection and its own locks, and the application stands still.
-- detail: {what} {advice}
-- shape: SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = {pid} AND backend_start = {start};\n--
--   or\nSELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = {pid} AND backend_start = {start};\n--
--   or\nROLLBACK PREPARED {transaction};
-- lock: none; the work of the root is rolled back
-- concurrently: yes
-- needs: role:pg_read_all_stats
-- cost: K2
-- parameters: seconds=10 bad_seconds=60 most=100
-- references: https://www.postgresql.org/docs/current/explicit-locking.html; supabase inspect db blocking;
--   pghero blocked_queries
WITH RECURSIVE waiter AS MATERIALIZED (
    SELECT a.pid FROM pg_catalog.pg_stat_activity AS a WHERE a.wait_event_type = 'Lock' AND a.pid <> pg_backend_pid()
), waiting AS MATERIALIZED (
    -- the lock table is read only while somebody waits; who waits for whom is asked for the longest waiting
    SELECT l.pid, l.locktype, l.database, l.relation, l.page, l.tuple, l.virtualxid, l.transactionid, l.classid, l.objid, l.objsubid,
           coalesce(extract(epoch FROM clock_timestamp() - l.waitstart)::float8, 0) AS age
    FROM pg_catalog.pg_locks AS l
    WHERE NOT l.granted AND EXISTS (SELECT FROM waiter) AND l.pid IN (SELECT w.pid FROM waiter AS w)
    ORDER BY l.waitstart NULLS LAST
    LIMIT $3::bigint
), edge AS MATERIALIZED (
    -- 0 stands for a prepared transaction
    SELECT DISTINCT w.pid, blocker.pid AS by FROM waiting AS w CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS blocker (pid)
    WHERE EXISTS (SELECT FROM waiting AS late WHERE late.age >= $1::float8)
), climb AS (
    SELECT e.pid, e.by FROM edge AS e
    UNION
    SELECT c.pid, e.by FROM climb AS c JOIN edge AS e ON e.pid = c.by
), root AS (
    SELECT c.pid, c.by FROM climb AS c WHERE c.by NOT IN (SELECT e.pid FROM edge AS e)
    UNION
    -- in a ring each waits for the others
    SELECT e.pid, e.by FROM edge AS e
    WHERE NOT EXISTS (SELECT FROM climb AS c WHERE c.pid = e.pid AND c.by NOT IN (SELECT o.pid FROM edge AS o))
), queue AS (
    SELECT r.by, count(DISTINCT r.pid) AS waiting, max(w.age) AS age,
           (array_agg(w.pid ORDER BY w.age DESC))[1] AS longest
    FROM root AS r JOIN waiting AS w ON w.pid = r.pid
    WHERE r.by <> 0
    GROUP BY r.by
), prepared AS (
    SELECT p.gid, p.database::text AS database, p.owner::text AS owner, count(DISTINCT w.pid) AS waiting, max(w.age) AS age,
           (array_agg(w.pid ORDER BY w.age DESC))[1] AS longest
    FROM climb AS r
    JOIN edge AS e ON e.by = 0 AND (e.pid = r.pid OR EXISTS (SELECT FROM climb AS c WHERE c.pid = r.pid AND c.by = e.pid))
    JOIN waiting AS b ON b.pid = e.pid
    JOIN pg_catalog.pg_locks AS h ON h.pid IS NULL AND h.granted AND h.locktype = b.locktype
     AND (h.database, h.relation, h.page, h.tuple, h.virtualxid, h.transactionid, h.classid, h.objid, h.objsubid)
         IS NOT DISTINCT FROM
         (b.database, b.relation, b.page, b.tuple, b.virtualxid, b.transactionid, b.classid, b.objid, b.objsubid)
    -- the lock table names a prepared transaction by its xid behind -1/
    JOIN pg_catalog.pg_locks AS x ON x.pid IS NULL AND x.locktype = 'transactionid' AND x.virtualtransaction = h.virtualtransaction
    JOIN pg_catalog.pg_prepared_xacts AS p ON p.transaction = x.transactionid
    JOIN waiting AS w ON w.pid = r.pid
    WHERE r.by = 0
    GROUP BY p.gid, p.database, p.owner
), held AS (
    SELECT q.by, string_agg(DISTINCT format('%I.%I', n.nspname, c.relname), ', ') AS names
    FROM queue AS q
    JOIN pg_catalog.pg_locks AS l ON l.pid = q.by AND l.granted AND l.locktype = 'relation'
    JOIN waiting AS w ON w.relation = l.relation AND w.database = l.database
    JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
    GROUP BY q.by
), found AS (
    SELECT format('%s in %I, %s from %s', coalesce(quote_ident(a.usename), a.backend_type, 'no role'), coalesce(quote_ident(a.datname), 'no database'),
                  coalesce(nullif(regexp_replace(a.application_name, '\d{3,}', '#', 'g'), ''), 'no name'),
                  coalesce(host(a.client_addr), 'local')) AS object,
           a.pid, a.backend_start, a.datname::text AS database, a.usename::text AS "user", a.application_name AS app,
           coalesce(host(a.client_addr), 'local') AS client, a.backend_type, a.state, a.query_id,
           CASE WHEN d.encoding = pg_char_to_encoding(getdatabaseencoding()) THEN left(a.query, 1000) END AS query,
           extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS transaction_age,
           q.waiting, q.age, q.longest, NULL::text AS gid, h.names,
           format('SELECT %s(pid) FROM pg_stat_activity WHERE pid = %s AND backend_start = %L;',
                  CASE WHEN a.state LIKE 'idle%' THEN 'pg_terminate_backend' ELSE 'pg_cancel_backend' END, a.pid,
                  to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00') AS fix
    FROM queue AS q
    JOIN pg_catalog.pg_stat_activity AS a ON a.pid = q.by
    LEFT JOIN pg_catalog.pg_database AS d ON d.oid = a.datid
    LEFT JOIN held AS h ON h.by = q.by
    WHERE q.age >= $1::float8
    UNION ALL
    SELECT 'prepared transaction ' || quote_literal(p.gid), NULL, NULL, p.database, p.owner, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           p.waiting, p.age, p.longest, p.gid, NULL,
           CASE WHEN p.database = current_database() THEN format('ROLLBACK PREPARED %L;', p.gid) END
    FROM prepared AS p
    WHERE p.age >= $1::float8
), ranked AS (
    -- several roots of one kind are one finding, the longest queue first
    SELECT f.*, sum(f.waiting) OVER (PARTITION BY f.object) AS blocked,
           string_agg(f.fix, E'\n') OVER (PARTITION BY f.object) AS all_fixes,
           row_number() OVER (PARTITION BY f.object ORDER BY f.age DESC, f.pid) AS place
    FROM found AS f
)
SELECT r.object, r.pid, r.backend_start, r.database, r."user", r.app, r.client, r.backend_type, r.state, r.query_id, r.query,
       r.transaction_age, r.gid, r.age AS wait_age, r.blocked::bigint AS blocked, r.longest,
       CASE WHEN r.age >= $2::float8 THEN 'bad' ELSE 'watch' END AS severity,
       CASE WHEN r.blocked = 1 THEN '1 waits' ELSE r.blocked || ' wait' END || ' since '
           || CASE WHEN r.age >= 172800 THEN floor(r.age / 86400) || ' days' WHEN r.age >= 7200 THEN floor(r.age / 3600) || ' h'
                   WHEN r.age >= 120 THEN floor(r.age / 60) || ' min' ELSE floor(r.age) || ' s' END AS evidence,
       CASE WHEN r.gid IS NOT NULL THEN format('No session belongs to it; %s waits longest.', r.longest)
            ELSE format('%s, %s, is the root%s; %s waits longest.', r.pid, coalesce(r.state, r.backend_type),
                        CASE WHEN r.names IS NOT NULL THEN ', with a lock on ' || left(r.names, 120) ELSE '' END, r.longest)
       END AS what,
       CASE WHEN r.gid IS NOT NULL THEN 'Ask the transaction manager whether COMMIT PREPARED is right instead.'
            WHEN r.state LIKE 'idle%' THEN 'The fix ends its session, since a cancel does nothing to one that is idle.'
            ELSE 'The fix cancels what it does; when it stays, end its session.' END AS advice,
       r.all_fixes AS fix
FROM ranked AS r
WHERE r.place = 1
ORDER BY r.age DESC, 1
