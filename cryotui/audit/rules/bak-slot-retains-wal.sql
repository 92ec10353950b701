-- title: Slot keeps much WAL
-- severity: watch
-- group: backup
-- kind: slot
-- about: A replication slot that keeps 1 GB of WAL (watch) or 16 GB (bad), or half (watch) or four fifths (bad) of what
--   max_slot_wal_keep_size allows, counted from the newest WAL position.
-- why: Without a limit pg_wal grows until the disk is full and the server stops; with one the slot is cut off, and its reader
--   needs a new copy of everything.
-- evidence: keeps {retained:size} of WAL
-- detail: A {kind} slot, {use}. {limit} How much of the disk this is cannot be seen from SQL.
-- shape: SELECT pg_drop_replication_slot({slot});
-- lock: no lock; what the slot kept is removed by the next checkpoint
-- cost: K2
-- parameters: watch=1073741824 bad=17179869184 watch_share=0.5 bad_share=0.8
-- references: https://www.postgresql.org/docs/current/warm-standby.html#STREAMING-REPLICATION-SLOTS
WITH here AS MATERIALIZED (
    SELECT CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                ELSE pg_current_wal_lsn() END AS lsn,
           -- 0 and -1 are no share of anything
           (SELECT s.setting::bigint * 1048576 FROM pg_catalog.pg_settings AS s
            WHERE s.name = 'max_slot_wal_keep_size' AND s.setting::bigint > 0) AS allowed
), slot AS (
    SELECT s.slot_name, s.active, coalesce(s.plugin::text, s.slot_type) AS kind, here.allowed, s.wal_status,
           greatest(pg_wal_lsn_diff(here.lsn, s.restart_lsn), 0)::bigint AS retained
    FROM pg_catalog.pg_replication_slots AS s
    CROSS JOIN here
    WHERE s.restart_lsn IS NOT NULL AND s.wal_status IS DISTINCT FROM 'lost'
)
SELECT quote_ident(s.slot_name) AS object, s.slot_name::text AS slot, s.kind, s.retained, s.allowed,
       CASE WHEN s.active THEN 'read now, but too slowly or held by a long transaction' ELSE 'which nobody reads now' END AS use,
       CASE WHEN s.allowed IS NULL THEN 'max_slot_wal_keep_size sets no limit.'
            ELSE format('It is cut off at %s.', pg_size_pretty(s.allowed)) END
       || CASE WHEN s.active THEN ' Look at its reader.'
               ELSE ' Start its reader; the fix is for one that never comes back.' END AS limit,
       CASE WHEN s.retained >= $2::bigint OR s.retained >= $4::float8 * s.allowed THEN 'bad' END AS severity,
       CASE WHEN NOT s.active THEN format('SELECT pg_drop_replication_slot(%L);', s.slot_name) END AS fix
FROM slot AS s
WHERE s.retained >= $1::bigint OR s.retained >= $3::float8 * s.allowed
ORDER BY 1
