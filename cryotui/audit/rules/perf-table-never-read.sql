-- title: Written, never read
-- severity: info
-- group: performance
-- kind: table
-- about: A table of 1 MB or more into which rows were written since the counters began, at least 7 days ago, and of which nothing
--   has read a row: no scan of one of its indexes, none of the table that met rows. The partitions of a table count together.
--   Younger counters tell nothing yet.
-- why: Its rows, indexes and backups cost disk and write time for nobody, unless it is an archive that is read once in years.
-- evidence: {written:count} written, none read
-- detail: {size:size} with indexes, no row read in {days} days so far as the counters reach.{standbys} Ask who fills it: stop the writer
--   and drop the table, or move old rows out by partitions. A log that is kept by law, and an outbox that is read from the WAL by
--   logical decoding, are well as they are.
-- lock: ACCESS EXCLUSIVE for a moment, for DROP TABLE
-- cost: K2
-- needs: primary setting:track_counts
-- parameters: mb=1.0 days=7.0
-- references: https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-TABLES-VIEW; pghero unused_tables
WITH RECURSIVE known AS MATERIALIZED (
    -- a crash loses all counters and begins all of their dates anew
    SELECT extract(epoch FROM clock_timestamp()
                   - greatest(pg_stat_get_db_stat_reset_time(d.oid),
                              least(pg_stat_get_bgwriter_stat_reset_time(), a.stats_reset, w.stats_reset)))::float8 / 86400 AS days
    FROM pg_catalog.pg_database AS d, pg_stat_get_archiver() AS a, pg_stat_get_wal() AS w
    WHERE d.datname = current_database()
), above AS (
    SELECT h.inhrelid AS part, h.inhparent AS whole
    FROM pg_catalog.pg_inherits AS h
    JOIN pg_catalog.pg_class AS t ON t.oid = h.inhparent AND t.relkind = 'p' AND NOT t.relispartition
    UNION ALL
    SELECT h.inhrelid, u.whole FROM above AS u JOIN pg_catalog.pg_inherits AS h ON h.inhparent = u.part
), indexed AS MATERIALIZED (
    SELECT x.indrelid, sum(i.relpages)::bigint AS pages, sum(pg_stat_get_numscans(i.oid)) AS scans
    FROM pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
    WHERE x.indexrelid >= 16384 GROUP BY x.indrelid
), counted AS (
    SELECT coalesce(u.whole, t.oid) AS oid,
           -- building an index scans the table too, empty when both are made together
           sum(pg_stat_get_tuples_returned(t.oid) + coalesce(x.scans, 0)) AS reads_of_rows,
           sum(pg_stat_get_tuples_inserted(t.oid) + pg_stat_get_tuples_updated(t.oid) + pg_stat_get_tuples_deleted(t.oid)) AS written,
           sum(t.relpages + coalesce(o.relpages, 0) + coalesce(x.pages, 0)) AS pages
    FROM pg_catalog.pg_class AS t
    LEFT JOIN above AS u ON u.part = t.oid
    LEFT JOIN indexed AS x ON x.indrelid = t.oid
    LEFT JOIN pg_catalog.pg_class AS o ON o.oid = t.reltoastrelid AND t.reltoastrelid <> 0
    WHERE t.relkind = 'r' AND t.relpersistence <> 't' AND t.oid >= 16384
    GROUP BY 1
), unread AS MATERIALIZED (
    SELECT c.* FROM counted AS c
    WHERE c.reads_of_rows = 0 AND c.written > 0 AND c.pages * current_setting('block_size')::bigint >= $1::float8 * 1048576
), readers AS MATERIALIZED (
    -- walsenders that send no logical changes, and slots kept for a standby that is away
    SELECT (SELECT count(*) FROM pg_stat_get_wal_senders() AS s
            WHERE s.state IS DISTINCT FROM 'backup'
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots AS r WHERE r.active_pid = s.pid AND r.slot_type = 'logical'))
         + (SELECT count(*) FROM pg_catalog.pg_replication_slots AS r WHERE r.slot_type = 'physical' AND NOT r.active) AS n
)
SELECT format('%I.%I', n.nspname, t.relname) AS object, t.oid::bigint AS oid, n.nspname::text AS schema, t.relname::text AS "table",
       u.written::bigint AS written, nullif(u.pages * current_setting('block_size')::bigint, 0)::bigint AS size,
       floor(k.days)::text AS days,
       CASE WHEN r.n > 0 THEN format(' %s receivers of its WAL: scans on standbys are counted there, look there first.', r.n)
            ELSE '' END AS standbys,
       CASE WHEN k.days < $2::float8
            THEN format('the counters began less than %s days ago, too short to call it unread', $2::float8) END AS unknown,
       CASE WHEN k.days < $2::float8 THEN 'unmeasured' END AS unknown_kind
FROM unread AS u
CROSS JOIN known AS k
CROSS JOIN readers AS r
JOIN pg_catalog.pg_class AS t ON t.oid = u.oid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
ORDER BY 1
