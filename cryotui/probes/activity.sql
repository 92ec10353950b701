-- title: Sessions
-- about: Every session, background workers too, with what it does, what it waits for and who it waits for. A role without
--   pg_read_all_stats sees that other users' sessions exist and nothing more (masked). The statement is cut after 400
--   characters, unless the session's database has another encoding: cutting there could split a character.
-- key: pid backend_start
-- units: backend_age=seconds transaction_age=seconds query_age=seconds state_age=seconds wait_age=seconds
--   xid_age=transactions xmin_age=transactions
-- needs: role:pg_read_all_stats
-- every: 2
WITH sessions AS MATERIALIZED (
  SELECT a.pid, a.backend_start, a.leader_pid, a.datname, a.usename, a.application_name, a.client_addr, a.backend_type,
         a.state, a.wait_event_type, a.wait_event, a.xact_start, a.query_start, a.state_change, a.backend_xid,
         a.backend_xmin, a.query, a.query_id, d.encoding,
         a.backend_start IS NULL AND a.query = '<insufficient privilege>' AS masked
  FROM pg_stat_activity a
  LEFT JOIN pg_database d ON d.oid = a.datid
),
-- the lock table is read only while somebody waits for a lock: reading it stops every other user of it for a moment
locks AS MATERIALIZED (
  SELECT l.pid, l.locktype, l.database, l.relation, l.mode, l.granted, l.waitstart
  FROM pg_locks l
  WHERE EXISTS (SELECT FROM sessions WHERE wait_event_type = 'Lock' OR masked)
),
-- whose row a session waits for shows only in the tuple lock it holds meanwhile
waits AS (
  SELECT DISTINCT ON (w.pid)
         w.pid, w.locktype, w.mode, w.waitstart, coalesce(w.database, t.database) AS database,
         coalesce(w.relation, t.relation) AS relation
  FROM locks w
  LEFT JOIN locks t ON w.locktype = 'transactionid' AND t.pid = w.pid AND t.locktype = 'tuple' AND t.granted
  WHERE NOT w.granted
  ORDER BY w.pid, t.relation
),
-- the strongest lock that a session has on something others wait for
held AS (
  SELECT DISTINCT ON (h.pid) h.pid, h.mode, h.database, h.relation
  FROM locks h
  JOIN (SELECT DISTINCT database, relation FROM waits WHERE relation IS NOT NULL) w USING (database, relation)
  WHERE h.granted AND h.locktype = 'relation'
  ORDER BY h.pid, array_position(ARRAY['AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock',
    'ShareUpdateExclusiveLock', 'RowExclusiveLock', 'RowShareLock', 'AccessShareLock'], h.mode)
)
SELECT s.pid,
       s.backend_start,
       s.leader_pid,
       s.datname::text AS database,
       s.usename::text AS "user",
       s.application_name AS app,
       CASE WHEN s.client_addr IS NOT NULL THEN host(s.client_addr)
            WHEN s.backend_type IN ('client backend', 'walsender') THEN 'local' END AS client,
       s.backend_type,
       s.state,
       s.wait_event_type AS wait_type,
       s.wait_event,
       extract(epoch FROM clock_timestamp() - s.backend_start)::float8 AS backend_age,
       extract(epoch FROM clock_timestamp() - s.xact_start)::float8 AS transaction_age,
       extract(epoch FROM clock_timestamp() - s.query_start)::float8 AS query_age,
       extract(epoch FROM clock_timestamp() - s.state_change)::float8 AS state_age,
       extract(epoch FROM clock_timestamp() - w.waitstart)::float8 AS wait_age,
       age(s.backend_xid) AS xid_age,
       age(s.backend_xmin) AS xmin_age,
       CASE WHEN s.masked THEN NULL
            WHEN s.encoding IS NULL OR s.encoding = pg_char_to_encoding(getdatabaseencoding()) THEN left(s.query, 400)
            ELSE s.query END AS query,
       s.query_id,
       CASE WHEN s.wait_event_type = 'Lock' OR (s.masked AND w.pid IS NOT NULL) THEN pg_blocking_pids(s.pid) END AS blocked_by,
       w.mode AS lock_mode,
       w.locktype AS lock_type,
       CASE WHEN w.relation IS NOT NULL THEN coalesce(
         -- an oid of another database means another relation there
         (SELECT CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_database d ON d.datname = current_database()
          WHERE c.oid = w.relation AND w.database IN (0, d.oid)),
         'oid ' || w.relation) END AS lock_relation,
       h.mode AS held_mode,
       CASE WHEN h.relation IS NOT NULL THEN coalesce(
         (SELECT CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_database d ON d.datname = current_database()
          WHERE c.oid = h.relation AND h.database IN (0, d.oid)),
         'oid ' || h.relation) END AS held_relation,
       s.pid = pg_backend_pid() AS own,
       s.masked
FROM sessions s
LEFT JOIN waits w ON w.pid = s.pid AND (s.wait_event_type = 'Lock' OR s.masked)
LEFT JOIN held h ON h.pid = s.pid
ORDER BY s.pid;
