-- title: Standbys
-- about: Everybody who receives WAL from here: standbys, subscribers, base backups, archive streams. behind is WAL written
--   here (on a standby: received) and not replayed there. A lag is 0 where the receiver has all WAL there is, and null where
--   it does not report. To a role without pg_read_all_stats everything but pid and user is hidden (masked).
-- key: pid backend_start
-- units: write_lag=seconds flush_lag=seconds lag=seconds reply_age=seconds behind=bytes unsent=bytes xmin_age=transactions
--   backend_age=seconds
-- needs: role:pg_read_all_stats
-- every: 2
WITH here AS MATERIALIZED (
  SELECT CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
              ELSE pg_current_wal_lsn() END AS lsn
)
SELECT r.pid, r.backend_start, r.usename::text AS "user", r.application_name AS app,
       CASE WHEN r.state IS NOT NULL THEN coalesce(host(r.client_addr), 'local') END AS client,
       r.state, r.sync_state AS sync, r.sync_priority,
       CASE WHEN r.write_lsn >= here.lsn THEN 0 ELSE date_part('epoch', r.write_lag) END AS write_lag,
       CASE WHEN r.flush_lsn >= here.lsn THEN 0 ELSE date_part('epoch', r.flush_lag) END AS flush_lag,
       CASE WHEN r.replay_lsn >= here.lsn THEN 0 ELSE date_part('epoch', r.replay_lag) END AS lag,
       pg_wal_lsn_diff(greatest(here.lsn, r.replay_lsn), r.replay_lsn)::bigint AS behind,
       pg_wal_lsn_diff(greatest(here.lsn, r.sent_lsn), r.sent_lsn)::bigint AS unsent,
       greatest(age(r.backend_xmin), age(s.xmin)) AS xmin_age,
       date_part('epoch', clock_timestamp() - r.reply_time) AS reply_age,
       date_part('epoch', clock_timestamp() - r.backend_start) AS backend_age,
       s.slot_name::text AS slot, s.slot_type, r.state IS NULL AS masked
FROM pg_stat_replication AS r
CROSS JOIN here
LEFT JOIN pg_replication_slots AS s ON s.active_pid = r.pid
ORDER BY behind DESC NULLS FIRST, r.pid;
