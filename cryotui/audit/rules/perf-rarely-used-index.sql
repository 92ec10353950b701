-- title: Index hardly used
-- severity: info
-- group: performance
-- kind: index
-- about: An index of 1 MB or more that is scanned, but less often than its table is written to and in less than 10% of the scans of
--   its table; or of 100 MB or more in less than 5% of them. Counted since the counters began, at least 7 days ago. Unique ones,
--   those of constraints, the replica identity and the support of a foreign key are left out; those never scanned, or not for 90
--   days, are found by perf-unused-index, beginnings of another one by perf-redundant-index.
-- why: Each write keeps it up to date; few reads pay that back.
-- evidence: {scans:count} scans, {writes:count} writes
-- detail: {size:size} on {relation}: {share:percent} of its scans in {days} days.{standbys} Find who scans it before it goes: one
--   report a month may need it. DROP INDEX CONCURRENTLY is undone only by building it again, so no fix is given.
-- lock: SHARE UPDATE EXCLUSIVE for DROP INDEX CONCURRENTLY; reads and writes go on
-- cost: K2
-- needs: primary setting:track_counts
-- parameters: mb=1.0 days=7.0 share=0.1 large_mb=100.0 large_share=0.05 idle_days=90.0
-- references: https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-INDEXES-VIEW; pgx_scripts unused_indexes
WITH known AS MATERIALIZED (
    -- a crash loses all counters and begins all of their dates anew
    SELECT extract(epoch FROM clock_timestamp()
                   - greatest(pg_stat_get_db_stat_reset_time(d.oid),
                              least(pg_stat_get_bgwriter_stat_reset_time(), a.stats_reset, w.stats_reset)))::float8 / 86400 AS days
    FROM pg_catalog.pg_database AS d, pg_stat_get_archiver() AS a, pg_stat_get_wal() AS w
    WHERE d.datname = current_database()
), scanned AS MATERIALIZED (
    SELECT x.indexrelid, x.indrelid, x.indkey::int2[] AS keys, x.indclass::oid[] AS classes, x.indnkeyatts AS n, i.relname, i.relnamespace,
           i.relam, i.relpages::bigint * current_setting('block_size')::bigint AS size, pg_stat_get_numscans(i.oid) AS scans,
           x.indisunique OR x.indisexclusion OR x.indisreplident OR NOT x.indisvalid OR i.relispartition
               OR i.relpersistence = 't' AS kept, x.indpred IS NULL AND x.indexprs IS NULL AS plain
    FROM pg_catalog.pg_index AS x
    JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid AND i.relkind = 'i' AND i.oid >= 16384
), candidate AS MATERIALIZED (
    SELECT s.*, pg_stat_get_tuples_inserted(s.indrelid) + pg_stat_get_tuples_updated(s.indrelid)
                + pg_stat_get_tuples_deleted(s.indrelid) AS writes
    FROM scanned AS s
    WHERE s.scans > 0 AND NOT s.kept AND s.size >= $1::float8 * 1048576
), weighed AS MATERIALIZED (
    SELECT c.*, c.scans / (pg_stat_get_numscans(c.indrelid) + o.scans)::float8 AS share
    FROM candidate AS c
    CROSS JOIN LATERAL (SELECT sum(s.scans) AS scans FROM scanned AS s WHERE s.indrelid = c.indrelid) AS o
), rare AS MATERIALIZED (
    SELECT w.* FROM weighed AS w
    WHERE ((w.scans < w.writes AND w.share < $3::float8)
           OR (w.size >= $4::float8 * 1048576 AND w.share < $5::float8))
      -- a support of a foreign key serves deletes of what it refers to
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS f
                      WHERE f.conrelid = w.indrelid AND f.contype = 'f' AND w.n >= cardinality(f.conkey)
                        AND w.keys[0:cardinality(f.conkey) - 1] <@ f.conkey AND f.conkey <@ w.keys[0:cardinality(f.conkey) - 1])
      AND NOT EXISTS (SELECT FROM scanned AS b
                      WHERE b.indrelid = w.indrelid AND b.indexrelid <> w.indexrelid AND b.relam = w.relam AND b.plain AND w.plain
                        AND b.n >= w.n AND b.keys[0:w.n - 1] = w.keys[0:w.n - 1] AND b.classes[0:w.n - 1] = w.classes[0:w.n - 1])
      -- from 16 on
      AND coalesce((SELECT (to_jsonb(v) ->> 'last_idx_scan')::timestamptz FROM pg_catalog.pg_stat_all_indexes AS v
                    WHERE v.indexrelid = w.indexrelid) >= clock_timestamp() - make_interval(secs => $6::float8 * 86400), true)
), readers AS MATERIALIZED (
    SELECT (SELECT count(*) FROM pg_stat_get_wal_senders() AS s
            WHERE s.state IS DISTINCT FROM 'backup'
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots AS r WHERE r.active_pid = s.pid AND r.slot_type = 'logical'))
         + (SELECT count(*) FROM pg_catalog.pg_replication_slots AS r WHERE r.slot_type = 'physical' AND NOT r.active) AS n
)
SELECT format('%I.%I', n.nspname, r.relname) AS object, r.indexrelid::bigint AS index_oid, n.nspname::text AS schema,
       r.relname::text AS index, r.indrelid::bigint AS oid, t.relname::text AS "table", format('%I.%I', n.nspname, t.relname) AS relation,
       r.size, r.scans, r.writes, r.share, floor(k.days)::text AS days,
       CASE WHEN b.n > 0 THEN format(' %s receivers of its WAL: scans on standbys are counted there, look there first.', b.n)
            ELSE '' END AS standbys,
       CASE WHEN k.days < $2::float8
            THEN format('the counters began less than %s days ago, too short to call it hardly used', $2::float8) END AS unknown,
       CASE WHEN k.days < $2::float8 THEN 'unmeasured' END AS unknown_kind
FROM rare AS r
CROSS JOIN known AS k
CROSS JOIN readers AS b
JOIN pg_catalog.pg_class AS t ON t.oid = r.indrelid AND t.relkind IN ('r', 'm')
JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace
ORDER BY 1
