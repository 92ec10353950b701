-- title: Unused index
-- severity: watch
-- group: performance
-- kind: index
-- about: An index of 1 MB or more that nothing has scanned since the counters began, at least 7 days ago, or from server 16
--   on for 90 days. Unique indexes, those of constraints, the replica identity and the last support of a foreign key are never
--   named; the parts of a partitioned index count with it. Younger counters tell nothing yet. Where standbys read the WAL of
--   this server it is information only: their scans are counted by them. Copies and beginnings of another index have rules of
--   their own (perf-duplicate-index, perf-redundant-index).
-- why: Each write keeps it up to date, it takes memory, disk, WAL and vacuum time, and it keeps updates from being heap-only.
-- evidence: {size:size}, {use}
-- detail: {told} An index built lately had no time yet, a yearly job needs more.{standbys}{expression}
-- shape: DROP INDEX CONCURRENTLY {index};\n-- or\nDROP INDEX {partitioned_index};
-- lock: SHARE UPDATE EXCLUSIVE; waits for transactions that use the table, reads and writes go on
-- concurrently: yes
-- cost: K2
-- needs: primary setting:track_counts
-- parameters: mb=1.0 days=7.0 idle_days=90.0
-- references: https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-INDEXES-VIEW; splinter 0005
WITH RECURSIVE known AS MATERIALIZED (
    -- a crash loses all counters and begins all of their dates anew
    SELECT extract(epoch FROM clock_timestamp()
                   - greatest(pg_stat_get_db_stat_reset_time(d.oid),
                              least(pg_stat_get_bgwriter_stat_reset_time(), a.stats_reset, w.stats_reset)))::float8 / 86400 AS days,
           d.datname
    FROM pg_catalog.pg_database AS d, pg_stat_get_archiver() AS a, pg_stat_get_wal() AS w
    WHERE d.datname = current_database()
), above AS (
    SELECT h.inhrelid AS part, h.inhparent AS whole
    FROM pg_catalog.pg_inherits AS h
    JOIN pg_catalog.pg_class AS i ON i.oid = h.inhparent AND i.relkind = 'I' AND NOT i.relispartition
    UNION ALL
    SELECT h.inhrelid, u.whole FROM above AS u JOIN pg_catalog.pg_inherits AS h ON h.inhparent = u.part
), summed AS (
    SELECT coalesce(u.whole, c.oid) AS indexrelid, sum(c.relpages)::bigint AS pages,
           sum(pg_stat_get_numscans(c.oid)) AS scans, array_agg(c.oid) AS parts
    FROM pg_catalog.pg_class AS c
    LEFT JOIN above AS u ON u.part = c.oid
    WHERE c.relkind = 'i' AND c.oid >= 16384 AND c.relpersistence <> 't'
      AND (c.relispartition OR c.relpages * current_setting('block_size')::bigint >= $1::float8 * 1048576)
    GROUP BY 1
), large AS (
    SELECT s.*, x.indrelid, x.indkey, x.indnkeyatts, x.indpred, x.indexprs, i.relname, i.relkind, i.relnamespace,
           -- from 16 on
           (SELECT max((to_jsonb(v) ->> 'last_idx_scan')::timestamptz) FROM pg_catalog.pg_stat_all_indexes AS v
            WHERE s.scans > 0 AND v.indexrelid = ANY (s.parts)) AS last_scan
    FROM summed AS s
    JOIN pg_catalog.pg_index AS x ON x.indexrelid = s.indexrelid
    JOIN pg_catalog.pg_class AS i ON i.oid = s.indexrelid
    JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid AND t.relkind IN ('r', 'p', 'm')
    WHERE s.pages * current_setting('block_size')::bigint >= $1::float8 * 1048576
      AND NOT x.indisunique AND NOT x.indisexclusion AND NOT x.indisreplident AND x.indisvalid
), unused AS MATERIALIZED (
    SELECT l.*, extract(epoch FROM clock_timestamp() - l.last_scan)::float8 / 86400 AS idle
    FROM large AS l
    WHERE (l.scans = 0 OR l.last_scan < clock_timestamp() - make_interval(secs => $3::float8 * 86400))
), shaped AS MATERIALIZED (
    SELECT x.indexrelid, x.indrelid, i.relam, m.amname = 'btree' AS btree, x.indnkeyatts AS n, x.indkey::int2[] AS keys,
           x.indclass::oid[] AS classes, x.indcollation::oid[] AS collations, x.indoption::int2[] AS options,
           x.indisunique OR x.indisexclusion OR x.indisreplident AS guards, pg_stat_get_numscans(x.indexrelid) AS scans,
           -- where in the statement an expression stood is no part of it
           regexp_replace(coalesce(x.indexprs::text, ''), ' :location -?\d+', '', 'g') AS expressions,
           regexp_replace(coalesce(x.indpred::text, ''), ' :location -?\d+', '', 'g') AS predicate
    FROM pg_catalog.pg_index AS x
    JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
    JOIN pg_catalog.pg_am AS m ON m.oid = i.relam
    WHERE x.indisvalid AND x.indisready AND x.indislive AND x.indrelid IN (SELECT u.indrelid FROM unused AS u)
), remaining AS MATERIALIZED (
    -- one fault, one finding: what perf-duplicate-index or perf-redundant-index names is left to them
    SELECT u.* FROM unused AS u
    WHERE NOT EXISTS (
        SELECT FROM shaped AS a
        JOIN shaped AS b ON b.indrelid = a.indrelid AND b.relam = a.relam AND b.indexrelid <> a.indexrelid AND b.n >= a.n
        WHERE a.indexrelid = u.indexrelid AND (a.n = b.n OR a.btree)
          AND b.keys[0:a.n - 1] = a.keys[0:a.n - 1] AND b.classes[0:a.n - 1] = a.classes[0:a.n - 1]
          AND b.collations[0:a.n - 1] = a.collations[0:a.n - 1] AND b.options[0:a.n - 1] = a.options[0:a.n - 1]
          AND b.predicate = a.predicate AND b.keys @> a.keys[a.n:cardinality(a.keys) - 1]
          AND CASE WHEN a.n = b.n THEN a.expressions = b.expressions
                   ELSE a.expressions = '' OR a.expressions = b.expressions END
          AND (b.guards OR a.n < b.n OR NOT a.keys @> b.keys
               OR (a.scans, -a.indexrelid::bigint) < (b.scans, -b.indexrelid::bigint))
          AND (a.keys = b.keys OR b.guards OR a.scans = 0 OR b.scans > 0))
), named AS (
    SELECT u.* FROM remaining AS u
    -- an index that begins with the columns of a foreign key serves its deletes: one is kept, the oldest of those unused
    WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint AS f
        CROSS JOIN LATERAL (
            SELECT bool_or(y.indexrelid = u.indexrelid) AS this,
                   bool_or(y.indexrelid <> u.indexrelid
                           AND (y.indexrelid NOT IN (SELECT o.indexrelid FROM unused AS o)
                                OR y.indexrelid < u.indexrelid AND y.indexrelid IN (SELECT o.indexrelid FROM remaining AS o)))
                       AS other
            FROM pg_catalog.pg_index AS y
            WHERE y.indrelid = f.conrelid AND y.indisvalid AND y.indpred IS NULL AND y.indnkeyatts >= cardinality(f.conkey)
              AND (y.indkey::int2[])[0:cardinality(f.conkey) - 1] <@ f.conkey
              AND (y.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey
        ) AS support
        WHERE f.conrelid = u.indrelid AND f.contype = 'f' AND support.this AND NOT support.other)
), readers AS MATERIALIZED (
    -- walsenders that send no logical changes, and slots kept for a standby that is away
    SELECT (SELECT count(*) FROM pg_stat_get_wal_senders() AS s
            WHERE s.state IS DISTINCT FROM 'backup'
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots AS r WHERE r.active_pid = s.pid AND r.slot_type = 'logical'))
         + (SELECT count(*) FROM pg_catalog.pg_replication_slots AS r WHERE r.slot_type = 'physical' AND NOT r.active) AS n
), locked AS (
    SELECT l.relation FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid()
)
SELECT format('%I.%I', n.nspname, u.relname) AS object, u.indexrelid::bigint AS index_oid, n.nspname::text AS schema,
       u.relname::text AS index, u.indrelid::bigint AS oid, t.relname::text AS "table",
       u.pages * current_setting('block_size')::bigint AS size, u.scans,
       CASE WHEN u.scans = 0 THEN 'never scanned' ELSE format('idle for %s days', floor(u.idle)) END AS use,
       CASE WHEN u.scans = 0 THEN format('No scan in %s days, so far as the counters reach.', round(k.days::numeric, 1))
            ELSE format('%s scans, the last one %s days ago.', u.scans, floor(u.idle)) END AS told,
       CASE WHEN r.n > 0 THEN format(' %s receivers of its WAL: scans on standbys are counted there, look there first.', r.n)
            ELSE '' END AS standbys,
       CASE WHEN u.indexprs IS NOT NULL THEN ' ANALYZE keeps statistics of its expression, which plans may use without a scan.'
            ELSE '' END AS expression,
       CASE WHEN r.n > 0 THEN 'info' END AS severity,
       format(CASE WHEN u.relkind = 'I' THEN 'DROP INDEX %I.%I;' ELSE 'DROP INDEX CONCURRENTLY %I.%I;' END,
              n.nspname, u.relname) AS fix,
       CASE WHEN u.indrelid NOT IN (SELECT relation FROM locked)
            THEN replace(pg_get_indexdef(u.indexrelid), format(' ON ONLY %I.%I USING ', n.nspname, t.relname),
                         format(' ON %I.%I USING ', n.nspname, t.relname)) || ';' END AS undo,
       CASE WHEN u.relkind = 'I' THEN 'ACCESS EXCLUSIVE for a moment' END AS lock,
       NULL::text AS unknown, NULL::text AS unknown_kind
FROM named AS u
CROSS JOIN known AS k
CROSS JOIN readers AS r
JOIN pg_catalog.pg_class AS t ON t.oid = u.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
WHERE k.days >= $2::float8
UNION ALL
SELECT format('%I.%I', n.nspname, u.relname), u.indexrelid::bigint, n.nspname::text, u.relname::text, u.indrelid::bigint, NULL,
       NULL, u.scans, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       format('the counters began less than %s days ago, too short to call it unused', $2::float8), 'unmeasured'
FROM named AS u
CROSS JOIN known AS k
JOIN pg_catalog.pg_namespace AS n ON n.oid = u.relnamespace
WHERE k.days < $2::float8
ORDER BY 1
