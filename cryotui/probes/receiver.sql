-- title: Received WAL
-- about: Where a standby gets its WAL from and how far it is. Without a sender (restore from the archive only) state is null.
--   lag is the age of the last replayed transaction, 0 when all received WAL is replayed: it grows on an idle primary only
--   while something received is not replayed, and is null before the first replayed transaction. To a role without
--   pg_read_all_stats the sender is hidden (masked).
-- key: name
-- units: message_age=seconds reported_age=seconds lag=seconds not_replayed=bytes
-- needs: standby role:pg_read_all_stats
-- every: 2
SELECT 'receiver' AS name, r.pid, r.status AS state, r.sender_host AS host, r.sender_port AS port, r.slot_name AS slot,
       r.received_tli AS timeline,
       date_part('epoch', clock_timestamp() - r.last_msg_receipt_time) AS message_age,
       date_part('epoch', clock_timestamp() - r.latest_end_time) AS reported_age,
       CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()::text END AS received_lsn,
       CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text END AS replayed_lsn,
       CASE WHEN pg_is_in_recovery()
            THEN pg_wal_lsn_diff(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()),
                                 pg_last_wal_replay_lsn())::bigint
       END AS not_replayed,
       CASE WHEN NOT pg_is_in_recovery() THEN NULL
            WHEN pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn() THEN 0
            ELSE date_part('epoch', clock_timestamp() - pg_last_xact_replay_timestamp()) END AS lag,
       CASE WHEN pg_is_in_recovery() THEN pg_get_wal_replay_pause_state() END AS pause_state,
       r.pid IS NOT NULL AND r.status IS NULL AS masked
FROM (SELECT 1) AS one
LEFT JOIN pg_stat_wal_receiver AS r ON true;
