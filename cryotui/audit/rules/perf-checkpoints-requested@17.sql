WITH
-- with: origin,
counted AS (
    SELECT c.num_timed AS timed, c.num_requested AS requested,
           c.stats_reset, extract(epoch FROM clock_timestamp() - c.stats_reset)::float8 AS stats_age
    FROM pg_catalog.pg_stat_checkpointer AS c
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
