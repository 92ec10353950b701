-- title: Checkpoints come early
-- severity: watch
-- group: performance
-- kind: setting
-- about: More than 10 of 100 checkpoints were requested, because WAL filled up to max_wal_size or somebody asked for one, and
--   did not wait for checkpoint_timeout. Judged from 20 checkpoints on, since the reset of the counters.
-- why: After each checkpoint every page is written whole to WAL at its first change, and all that is dirty goes to disk in
--   less time: early checkpoints cost writes and WAL and slow everybody down.
-- detail: {requested:count} were requested and {timed:count} came by time since {since}, with max_wal_size at {value}.
--   Twice of it is a start: that much more disk for WAL, and a longer recovery after a crash. Backups and CHECKPOINT count as well.{from_where}
-- shape: ALTER SYSTEM SET max_wal_size = {size};\nSELECT pg_reload_conf();
-- lock: none; a reload is enough
-- needs: primary
-- cost: K2
-- parameters: percent=10 checkpoints=20
-- references: https://www.postgresql.org/docs/current/wal-configuration.html
WITH
-- with: origin,
counted AS (
    SELECT c.checkpoints_timed AS timed, c.checkpoints_req AS requested,
           c.stats_reset, extract(epoch FROM clock_timestamp() - c.stats_reset)::float8 AS stats_age
    FROM pg_catalog.pg_stat_bgwriter AS c
), judged AS (
    SELECT c.*, 100.0 * c.requested / nullif(c.timed + c.requested, 0) AS percent, s.setting::bigint AS megabytes
    FROM counted AS c
    JOIN pg_catalog.pg_settings AS s ON s.name = 'max_wal_size'
)
SELECT o.name AS object, o.from_where, j.timed, j.requested, j.percent::float8 / 100 AS share, j.stats_reset, j.stats_age,
       to_char(j.stats_reset AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') AS since,
       current_setting('max_wal_size') AS value,
       round(j.percent) || '% of ' || (j.timed + j.requested) || ' checkpoints' AS evidence,
       CASE WHEN o.settable IS NOT NULL
            THEN format('ALTER SYSTEM SET max_wal_size = %L;', 2 * j.megabytes || 'MB') || E'\nSELECT pg_reload_conf();' END AS fix,
       o.back || E'\nSELECT pg_reload_conf();' AS undo
FROM judged AS j
JOIN origin AS o ON o.name = 'max_wal_size'
-- fewer, such as those of a restart, tell nothing
WHERE j.percent > $1::float8 AND j.timed + j.requested >= $2::bigint
