-- title: Many sequential scans
-- severity: info
-- group: performance
-- kind: table
-- about: A table with 10,000 rows or more where more than 5% of all scans, at least 100 and ten a day since the counters began,
--   were sequential and read 10,000 rows each on average, or more.
-- why: Each of them reads the table from its first page to its last. What is asked for often deserves an index; what is asked for
--   once a night does not.
-- evidence: {share:percent} of scans, {each:count} rows
-- detail: {scans:count} sequential scans in {days} days read {each:count} rows each, {index_scans:count} scans used an index.
--   {size:size} in size. Which columns is not known here: look for the statements in pg_stat_statements, try an index with hypopg.
-- lock: SHARE UPDATE EXCLUSIVE for CREATE INDEX CONCURRENTLY; reads and writes go on
-- cost: K2
-- certainty: estimated
-- needs: setting:track_counts
-- parameters: rows=10000 share=0.05 scans=100 a_day=10.0
-- references: https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-TABLES-VIEW; https://www.postgresql.org/docs/current/indexes-examine.html; pghero missing_indexes
WITH known AS MATERIALIZED (
    -- a crash loses all counters and begins all of their dates anew
    SELECT greatest(extract(epoch FROM clock_timestamp()
                            - greatest(pg_stat_get_db_stat_reset_time(d.oid),
                                       least(pg_stat_get_bgwriter_stat_reset_time(), a.stats_reset, w.stats_reset)))::float8,
                    1) / 86400 AS days
    FROM pg_catalog.pg_database AS d, pg_stat_get_archiver() AS a, pg_stat_get_wal() AS w
    WHERE d.datname = current_database()
), scanned AS (
    SELECT t.oid, n.nspname, t.relname, t.relpages, greatest(pg_stat_get_live_tuples(t.oid), t.reltuples, 0)::float8 AS rows,
           pg_stat_get_numscans(t.oid) AS scans, pg_stat_get_tuples_returned(t.oid) AS rows_read
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE t.relkind IN ('r', 'm') AND t.relpersistence <> 't' AND t.oid >= 16384
      AND pg_stat_get_numscans(t.oid) >= greatest($3::bigint, 1)
), heavy AS (
    SELECT s.*, s.rows_read / s.scans::float8 AS each,
           (SELECT coalesce(sum(pg_stat_get_numscans(x.indexrelid)), 0)::bigint FROM pg_catalog.pg_index AS x
            WHERE x.indrelid = s.oid) AS index_scans
    FROM scanned AS s
    WHERE s.rows >= $1::bigint AND s.rows_read / s.scans::float8 >= $1::bigint
)
SELECT format('%I.%I', h.nspname, h.relname) AS object, h.oid::bigint AS oid, h.nspname::text AS schema,
       h.relname::text AS "table", h.rows, h.scans, h.index_scans, h.each,
       h.scans / (h.scans + h.index_scans)::float8 AS share, round(k.days::numeric, 1)::text AS days,
       nullif(h.relpages, 0) * current_setting('block_size')::bigint AS size
FROM heavy AS h
CROSS JOIN known AS k
WHERE h.scans > $2::float8 * (h.scans + h.index_scans) AND h.scans >= $4::float8 * k.days
ORDER BY 1
