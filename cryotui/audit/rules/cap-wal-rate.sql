-- title: Much WAL
-- severity: info
-- group: capacity
-- kind: server
-- about: This server wrote 10 GB of WAL an hour or more, on average since the counters of WAL began, at least a day ago.
-- why: Every byte goes to the disk, through the archive, to each standby, and is read again at a restore: a day without the archive
--   or a standby is a day's WAL on this disk, and a restore takes as long as it takes to apply it.
-- evidence: {rate:size} an hour
-- detail: {written:size} in {days} days; {pages:percent} of the records carried a full page. {advice}
-- lock: none
-- cost: K2
-- needs: primary
-- parameters: gb_hour=10.0 days=1.0
-- references: https://www.postgresql.org/docs/current/wal-configuration.html; https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-WAL-VIEW
WITH counted AS MATERIALIZED (
    SELECT w.wal_bytes::float8 AS written, w.wal_fpi::float8 / nullif(w.wal_records, 0) AS pages,
           extract(epoch FROM clock_timestamp() - w.stats_reset)::float8 AS seconds
    FROM pg_catalog.pg_stat_wal AS w
)
SELECT 'WAL' AS object, c.written, c.pages, c.written * 3600 / greatest(c.seconds, 1) AS rate,
       to_char(c.seconds / 86400, 'FM999,990.0') AS days,
       CASE WHEN c.pages >= 0.3
            THEN 'Full pages come after each checkpoint: a longer checkpoint_timeout with a larger max_wal_size writes fewer, '
                 'wal_compression smaller ones.'
            ELSE 'Look which statements write it: wal_bytes in pg_stat_statements. Updates that change nothing and indexes that '
                 'nobody uses are the first to go.' END AS advice,
       CASE WHEN c.seconds < $2::float8 * 86400
            THEN format('the counters of WAL began %s hours ago, too short for a rate', to_char(c.seconds / 3600, 'FM990.0')) END
           AS unknown,
       CASE WHEN c.seconds < $2::float8 * 86400 THEN 'unmeasured' END AS unknown_kind
FROM counted AS c
WHERE c.seconds < $2::float8 * 86400 OR c.written * 3600 / greatest(c.seconds, 1) >= $1::float8 * 1073741824
