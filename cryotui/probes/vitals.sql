-- title: Vitals
-- about: The server in one row: work done by all databases together, sessions by state, the oldest transaction and xid, room
--   for connections. Sessions are those of clients, this console's own left out of every state. Where sessions of others are
--   masked, what depends on their state is unknown.
-- key: name
-- counters: commits rollbacks blocks_hit blocks_read rows_returned rows_fetched rows_inserted rows_updated rows_deleted
--   temp_files temp_bytes deadlocks sessions_begun
-- reset: stats_reset
-- units: temp_bytes=bytes blocks_hit=blocks blocks_read=blocks oldest_transaction_age=seconds oldest_xid_age=transactions
--   oldest_multixact_age=transactions stats_age=seconds uptime=seconds replay_age=seconds rows_returned=rows rows_fetched=rows
--   rows_inserted=rows rows_updated=rows rows_deleted=rows
-- needs: role:pg_read_all_stats
-- every: 2
WITH sessions AS MATERIALIZED (
  SELECT pid, state, wait_event_type, xact_start, backend_type, query,
         backend_start IS NULL AND query = '<insufficient privilege>' AS masked,
         backend_type = 'client backend'
           OR backend_start IS NULL AND query = '<insufficient privilege>' AND usename IS NOT NULL AND datname IS NOT NULL
           AS client,
         pid = pg_backend_pid() AS own
  FROM pg_stat_activity
),
counted AS (
  SELECT count(*) FILTER (WHERE client) AS connections,
         count(*) FILTER (WHERE client AND masked) AS masked,
         bool_or(masked) AS blind,
         count(*) FILTER (WHERE client AND NOT own AND state IN ('active', 'fastpath function call')) AS active,
         count(*) FILTER (WHERE client AND NOT own AND state = 'idle') AS idle,
         count(*) FILTER (WHERE client AND NOT own AND state LIKE 'idle in transaction%') AS idle_in_transaction,
         count(*) FILTER (WHERE NOT own AND wait_event_type = 'Lock') AS blocked,
         count(*) FILTER (WHERE backend_type = 'autovacuum worker') AS autovacuum_workers,
         count(*) FILTER (WHERE backend_type = 'autovacuum worker' AND query LIKE '%(to prevent wraparound)')
           AS wraparound_workers
  FROM sessions
),
work AS (
  SELECT sum(xact_commit)::bigint AS commits,
         sum(xact_rollback)::bigint AS rollbacks,
         sum(blks_hit)::bigint AS blocks_hit,
         sum(blks_read)::bigint AS blocks_read,
         sum(tup_returned)::bigint AS rows_returned,
         sum(tup_fetched)::bigint AS rows_fetched,
         sum(tup_inserted)::bigint AS rows_inserted,
         sum(tup_updated)::bigint AS rows_updated,
         sum(tup_deleted)::bigint AS rows_deleted,
         sum(temp_files)::bigint AS temp_files,
         sum(temp_bytes)::bigint AS temp_bytes,
         sum(deadlocks)::bigint AS deadlocks,
         sum(sessions)::bigint AS sessions_begun,
         max(stats_reset) AS stats_reset
  FROM pg_stat_database
),
oldest AS (
  SELECT pid, xact_start, state
  FROM sessions
  WHERE client AND NOT own AND xact_start IS NOT NULL
  ORDER BY xact_start
  LIMIT 1
),
frozen AS (
  SELECT datname, age(datfrozenxid) AS xid_age FROM pg_database ORDER BY age(datfrozenxid) DESC LIMIT 1
)
SELECT 'server' AS name,
       w.*,
       extract(epoch FROM clock_timestamp() - w.stats_reset)::float8 AS stats_age,
       c.connections,
       c.masked,
       CASE WHEN c.masked = 0 THEN c.active END AS active,
       CASE WHEN c.masked = 0 THEN c.idle END AS idle,
       CASE WHEN c.masked = 0 THEN c.idle_in_transaction END AS idle_in_transaction,
       -- who waits for a lock is never masked in the lock table, which is read only when it must be
       CASE WHEN NOT c.blind THEN c.blocked ELSE (SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted) END AS blocked,
       CASE WHEN c.masked = 0 THEN extract(epoch FROM clock_timestamp() - o.xact_start)::float8 END AS oldest_transaction_age,
       CASE WHEN c.masked = 0 THEN o.pid END AS oldest_transaction_pid,
       CASE WHEN c.masked = 0 THEN o.state END AS oldest_transaction_state,
       f.xid_age AS oldest_xid_age,
       f.datname::text AS oldest_xid_database,
       (SELECT max(mxid_age(datminmxid)) FROM pg_database) AS oldest_multixact_age,
       current_setting('max_connections')::int AS max_connections,
       current_setting('superuser_reserved_connections')::int AS superuser_reserved_connections,
       coalesce(current_setting('reserved_connections', true)::int, 0) AS reserved_connections,
       CASE WHEN NOT c.blind THEN c.autovacuum_workers END AS autovacuum_workers,
       current_setting('autovacuum_max_workers')::int AS autovacuum_max_workers,
       CASE WHEN NOT c.blind THEN c.wraparound_workers END AS wraparound_workers,
       pg_is_in_recovery() AS in_recovery,
       CASE WHEN NOT pg_is_in_recovery() THEN NULL
            WHEN pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn() THEN 0
            ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 END AS replay_age,
       pg_postmaster_start_time() AS started_at,
       extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8 AS uptime
FROM work w
CROSS JOIN counted c
CROSS JOIN frozen f
LEFT JOIN oldest o ON true;
