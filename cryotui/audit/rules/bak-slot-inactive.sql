-- title: Slot without a reader
-- severity: watch
-- group: backup
-- kind: slot
-- about: A replication slot that nobody has read for an hour (watch) or a day (bad). Before 17 the server does not note since
--   when: there it is a slot nobody reads now that keeps 16 MB of WAL or more. Left out are slots that are copies for
--   a failover, temporary ones and those that are lost already.
-- why: Its reader lags behind more with every hour. The slot keeps WAL for it until the disk is full, and a logical one or one
--   with feedback keeps vacuum from removing old rows.
-- detail: A {kind} slot that keeps {retained:size} of WAL. {since} Start its reader again; the fix is for one that never comes
--   back, which needs a new copy of everything after it.
-- shape: SELECT pg_drop_replication_slot({slot});
-- lock: no lock; what the slot kept is removed by the next checkpoint
-- cost: K2
-- parameters: watch=3600 bad=86400 kept=16777216
-- references: https://www.postgresql.org/docs/current/view-pg-replication-slots.html; pghero replication slots
WITH here AS MATERIALIZED (
    SELECT CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                ELSE pg_current_wal_lsn() END AS lsn
), slot AS (
    SELECT s.slot_name, coalesce(s.plugin::text, s.slot_type) AS kind, s.restart_lsn,
           greatest(pg_wal_lsn_diff(here.lsn, s.restart_lsn), 0)::bigint AS retained
    FROM pg_catalog.pg_replication_slots AS s
    CROSS JOIN here
    WHERE NOT s.active AND NOT s.temporary AND s.wal_status IS DISTINCT FROM 'lost'
)
SELECT quote_ident(s.slot_name) AS object, s.slot_name::text AS slot, s.kind, s.retained,
       CASE WHEN s.restart_lsn IS NULL THEN 'info' END AS severity,
       CASE WHEN s.restart_lsn IS NULL THEN 'never read'
            ELSE format('unread, keeps %s MB', round(s.retained / 1048576.0)) END AS evidence,
       'How long it is unread is not known before 17.' AS since,
       format('SELECT pg_drop_replication_slot(%L);', s.slot_name) AS fix
FROM slot AS s
-- the times are for 17 and later
WHERE (s.retained >= $3::bigint OR s.restart_lsn IS NULL) AND $1::float8 IS NOT NULL AND $2::float8 IS NOT NULL
ORDER BY 1
