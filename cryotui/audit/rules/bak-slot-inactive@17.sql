WITH here AS MATERIALIZED (
    SELECT CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                ELSE pg_current_wal_lsn() END AS lsn
), slot AS (
    SELECT s.slot_name, coalesce(s.plugin::text, s.slot_type) AS kind, s.restart_lsn,
           greatest(pg_wal_lsn_diff(here.lsn, s.restart_lsn), 0)::bigint AS retained,
           date_part('epoch', clock_timestamp() - s.inactive_since) AS unread
    FROM pg_catalog.pg_replication_slots AS s
    CROSS JOIN here
    WHERE NOT s.active AND NOT s.temporary AND NOT s.synced
      AND s.wal_status IS DISTINCT FROM 'lost' AND s.invalidation_reason IS NULL
)
SELECT quote_ident(s.slot_name) AS object, s.slot_name::text AS slot, s.kind, s.retained, s.unread,
       CASE WHEN s.restart_lsn IS NULL THEN 'info' WHEN s.unread >= $2::float8 THEN 'bad' END AS severity,
       CASE WHEN s.restart_lsn IS NULL THEN 'never read'
            WHEN s.unread < 5400 THEN format('unread for %s min', round(s.unread::numeric / 60))
            WHEN s.unread < 172800 THEN format('unread for %s h', round(s.unread::numeric / 3600))
            ELSE format('unread for %s days', round(s.unread::numeric / 86400)) END AS evidence,
       'A restart of the server counts as the last reading.' AS since,
       format('SELECT pg_drop_replication_slot(%L);', s.slot_name) AS fix
FROM slot AS s
-- the bytes are for servers before 17
WHERE s.unread >= $1::float8 AND $3::bigint IS NOT NULL
ORDER BY 1
