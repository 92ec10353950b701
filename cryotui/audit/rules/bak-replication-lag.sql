-- title: Standby is behind
-- severity: watch
-- group: backup
-- kind: standby
-- about: A receiver of WAL that replays 30 seconds or 256 MB behind (watch), 5 minutes or 4 GB (bad). Time counts only while
--   there is WAL it lacks, so an idle primary is no lag. On a standby the standby itself is looked at, its
--   recovery_min_apply_delay left out, and whether it receives WAL at all (bad, watch with a restore_command).
-- why: A failover to it loses what it lacks, what it shows is old, and the WAL it needs stays on the primary.
-- evidence: {behind:size} of WAL behind
-- detail: {words} The usual causes: network or disk of the standby, a replay that waits for a long query there, or one long
--   transaction here for a subscriber. A standby that is delayed on purpose looks the same from here.
-- lock: no lock
-- needs: role:pg_read_all_stats
-- cost: K2
-- parameters: watch=30 bad=300 watch_bytes=268435456 bad_bytes=4294967296
-- references: https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW;
--   check_postgres hot_standby_delay
WITH here AS MATERIALIZED (
    SELECT pg_is_in_recovery() AS standby,
           CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                ELSE pg_current_wal_lsn() END AS lsn
), receiver AS (
    SELECT DISTINCT ON (object) object, l.lag, l.behind, l.words
    FROM pg_catalog.pg_stat_replication AS r
    CROSS JOIN here
    LEFT JOIN pg_catalog.pg_replication_slots AS s ON s.active_pid = r.pid
    CROSS JOIN LATERAL (
        SELECT coalesce(quote_ident(s.slot_name), quote_ident(coalesce(nullif(r.application_name, ''), r.usename::text))
                        || coalesce(' at ' || host(r.client_addr), '')) AS object,
               CASE WHEN r.replay_lsn >= here.lsn THEN 0 ELSE date_part('epoch', r.replay_lag) END AS lag,
               greatest(pg_wal_lsn_diff(here.lsn, r.replay_lsn), 0)::bigint AS behind,
               format('State %s, %s.', r.state, r.sync_state)
               || CASE WHEN pg_wal_lsn_diff(here.lsn, r.sent_lsn) * 2 > pg_wal_lsn_diff(here.lsn, r.replay_lsn)
                       THEN ' Most of it is not sent yet.' ELSE ' Most of it is sent and not replayed.' END AS words
    ) AS l
    -- an archive stream and a base backup replay nothing
    WHERE r.state IN ('streaming', 'catchup') AND r.replay_lsn IS NOT NULL
    ORDER BY object, l.behind DESC
), mine AS (
    SELECT 'this standby' AS object,
           greatest(date_part('epoch', clock_timestamp() - pg_last_xact_replay_timestamp())
                    - (SELECT s.setting::float8 / 1000 FROM pg_catalog.pg_settings AS s
                       WHERE s.name = 'recovery_min_apply_delay'), 0) AS lag,
           pg_wal_lsn_diff(here.lsn, pg_last_wal_replay_lsn())::bigint AS behind,
           CASE WHEN pg_is_wal_replay_paused() THEN 'Replay is paused: pg_wal_replay_resume() lets it go on.'
                ELSE 'WAL has arrived here and is not replayed.' END AS words
    FROM here
    WHERE here.standby AND pg_last_wal_replay_lsn() < here.lsn
), cut AS (
    SELECT 'receiver of this standby' AS object, NULL::float8 AS lag, NULL::bigint AS behind,
           CASE WHEN r.setting <> '' THEN 'No WAL receiver runs; restore_command may fetch WAL from the archive instead.'
                ELSE 'No WAL receiver runs, and how far the primary is ahead is not known here; the log of this server says why.'
           END AS words, r.setting <> '' AS fetches
    FROM here
    -- to a role that may not see it there is no row; without it this is a standby that lives on its archive
    JOIN pg_catalog.pg_settings AS p ON p.name = 'primary_conninfo' AND p.setting <> ''
    JOIN pg_catalog.pg_settings AS r ON r.name = 'restore_command'
    WHERE here.standby AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_wal_receiver AS w)
)
SELECT w.object, w.lag, w.behind, w.words,
       CASE WHEN w.cut THEN 'receives no WAL'
            WHEN w.lag >= 172800 THEN format('%s days behind', round(w.lag::numeric / 86400))
            WHEN w.lag >= 5400 THEN format('%s h behind', round(w.lag::numeric / 3600))
            WHEN w.lag >= $1::float8 AND w.lag >= 1 THEN format('%s s behind', round(w.lag::numeric)) END AS evidence,
       CASE WHEN w.lag >= $2::float8 OR w.behind >= $4::bigint OR (w.cut AND NOT w.fetches) THEN 'bad' END AS severity
FROM (SELECT r.*, false AS fetches, false AS cut FROM receiver AS r
      UNION ALL SELECT m.*, false, false FROM mine AS m
      UNION ALL SELECT c.*, true FROM cut AS c) AS w
WHERE w.cut OR (w.lag >= $1::float8 AND w.behind > 0) OR w.behind >= $3::bigint
ORDER BY 1
