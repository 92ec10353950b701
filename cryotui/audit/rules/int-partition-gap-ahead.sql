-- title: No partition for tomorrow
-- severity: watch
-- group: integrity
-- kind: table
-- about: A table partitioned by date or time, without a default partition, in which the next 7 days, or the span of its last
--   partition where that is less, are not covered. Bad from one day before the gap. Tables whose last partition ended 90 days
--   ago or more are closed archives and left out.
-- why: From the first moment without a partition every INSERT fails.
-- detail: {state} The fix adds the partitions that are missing, with the span of the last one.
-- shape: CREATE TABLE {partition} (LIKE {table} {options});\nALTER TABLE {table} ATTACH PARTITION {partition} FOR
--   VALUES FROM ({from}) TO ({to});
-- lock: SHARE UPDATE EXCLUSIVE on the table for a moment; nobody waits for the new one
-- cost: K1
-- parameters: days=7 closed=90
-- references: https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE
WITH timed AS MATERIALIZED (
    SELECT p.partrelid, a.atttypid, t.relname, t.relnamespace, n.nspname, t.relispartition, a.attname
    FROM pg_catalog.pg_partitioned_table AS p
    JOIN pg_catalog.pg_class AS t ON t.oid = p.partrelid AND t.relpersistence <> 't' AND t.oid >= 16384
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
    WHERE p.partstrat = 'r' AND p.partnatts = 1 AND p.partdefid = 0
      AND a.atttypid IN ('pg_catalog.date'::regtype, 'pg_catalog.timestamp'::regtype, 'pg_catalog.timestamptz'::regtype)
), locked AS (
    -- deparsing waits behind ACCESS EXCLUSIVE
    SELECT l.relation FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid() AND l.relation IS NOT NULL
), part AS MATERIALIZED (
    SELECT h.inhparent, h.inhrelid, h.inhrelid IN (SELECT relation FROM locked) AS locked,
           CASE WHEN h.inhrelid NOT IN (SELECT relation FROM locked)
                THEN regexp_match(pg_get_expr(c.relpartbound, c.oid),
                                  '^FOR VALUES FROM \((?:MINVALUE|''([^'']*)'')\) TO \((?:MAXVALUE|''([^'']*)'')\)$') END AS bound
    FROM pg_catalog.pg_inherits AS h
    JOIN pg_catalog.pg_class AS c ON c.oid = h.inhrelid
    WHERE h.inhparent IN (SELECT t.partrelid FROM timed AS t)
), span AS MATERIALIZED (
    SELECT p.inhparent, p.inhrelid, coalesce(p.bound[1]::timestamptz, '-infinity') AS low, coalesce(p.bound[2]::timestamptz, 'infinity') AS high
    FROM part AS p
    WHERE p.bound IS NOT NULL
), last AS (
    SELECT DISTINCT ON (s.inhparent) s.inhparent, s.low, s.high,
           -- whole months are counted as months
           CASE WHEN NOT isfinite(s.low) OR NOT isfinite(s.high) THEN NULL
                WHEN s.low = date_trunc('month', s.low) AND s.high = date_trunc('month', s.high)
                THEN make_interval(months => ((extract(year FROM s.high) - extract(year FROM s.low)) * 12
                                              + extract(month FROM s.high) - extract(month FROM s.low))::int)
                ELSE s.high - s.low END AS step
    FROM span AS s
    ORDER BY s.inhparent, s.high DESC
), ahead AS (
    SELECT t.*, l.high, l.step,
           tstzmultirange(tstzrange(now(), now() + least(make_interval(days => $1::int), coalesce(l.step, make_interval(days => $1::int)))))
           -- one that is itself a partition by time answers for its own span only
           * CASE WHEN own.low IS NULL THEN tstzmultirange(tstzrange(NULL, NULL)) ELSE tstzmultirange(tstzrange(own.low, own.high)) END
           - (SELECT range_agg(tstzrange(s.low, s.high)) FROM span AS s WHERE s.inhparent = t.partrelid) AS open
    FROM timed AS t
    JOIN last AS l ON l.inhparent = t.partrelid AND l.high > now() - make_interval(days => $2::int)
    LEFT JOIN span AS own ON own.inhrelid = t.partrelid
), gap AS (
    SELECT a.*, format('%I.%I', a.nspname, a.relname) AS object, lower(a.open) AS opens,
           (SELECT max(s.high) FROM span AS s WHERE s.inhparent = a.partrelid AND s.high <= lower(a.open)) AS before,
           (SELECT min(s.low) FROM span AS s WHERE s.inhparent = a.partrelid AND s.low > lower(a.open)) AS after
    FROM ahead AS a
    WHERE NOT isempty(a.open)
), piece AS (
    SELECT g.partrelid, g.before AS low, g.after AS high FROM gap AS g WHERE g.before IS NOT NULL AND g.after IS NOT NULL
    UNION ALL
    -- the piece that holds the first moment without a partition, and the one after it
    (SELECT g.partrelid, g.before + k * g.step, g.before + (k + 1) * g.step
     FROM gap AS g
     CROSS JOIN generate_series(0, 10000) AS k
     WHERE g.before IS NOT NULL AND g.after IS NULL AND g.step > interval '0'
       AND k <= 2 + extract(epoch FROM g.opens - g.before) / extract(epoch FROM g.step)
       AND g.before + (k + 1) * g.step > g.opens AND g.before + k * g.step < g.opens + g.step)
), made AS (
    SELECT g.partrelid,
           string_agg(format(E'CREATE TABLE %1$I.%2$I (LIKE %3$s INCLUDING DEFAULTS INCLUDING CONSTRAINTS);\n'
                             'ALTER TABLE %3$s ATTACH PARTITION %1$I.%2$I FOR VALUES FROM (%4$L) TO (%5$L);',
                             g.nspname, named.name, g.object, bounds.low, bounds.high), E'\n' ORDER BY p.low) AS fix,
           string_agg(format('ALTER TABLE %s DETACH PARTITION %I.%I;', g.object, g.nspname, named.name), E'\n' ORDER BY p.low) AS undo,
           bool_or(named.taken) AS taken
    FROM gap AS g
    JOIN piece AS p ON p.partrelid = g.partrelid
    CROSS JOIN LATERAL (
        SELECT CASE g.atttypid WHEN 'pg_catalog.date'::regtype THEN p.low::date::text
                               WHEN 'pg_catalog.timestamp'::regtype THEN p.low::timestamp::text ELSE p.low::text END AS low,
               CASE g.atttypid WHEN 'pg_catalog.date'::regtype THEN p.high::date::text
                               WHEN 'pg_catalog.timestamp'::regtype THEN p.high::timestamp::text ELSE p.high::text END AS high
    ) AS bounds
    CROSS JOIN LATERAL (
        SELECT n.name, EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.relnamespace = g.relnamespace AND c.relname = n.name::name) AS taken
        FROM (SELECT CASE WHEN octet_length(g.relname) < 48 THEN g.relname::text ELSE 'part_' || g.partrelid END
                     || to_char(p.low, CASE WHEN p.low = date_trunc('day', p.low) THEN '_YYYY_MM_DD' ELSE '_YYYYMMDDHH24MI' END) AS name) AS n
    ) AS named
    GROUP BY g.partrelid
)
SELECT g.object, g.partrelid::bigint AS oid, g.nspname::text AS schema, g.relname::text AS "table",
       CASE WHEN g.opens <= now() THEN 'INSERT of now fails' ELSE 'ends ' || to_char(g.opens, 'YYYY-MM-DD HH24:MI') END AS evidence,
       CASE WHEN g.opens < now() + interval '1 day' THEN 'bad' END AS severity,
       format('Rows with %I from %s on have no partition%s.', g.attname, to_char(g.opens, 'YYYY-MM-DD HH24:MI'),
              coalesce(' until ' || to_char(g.after, 'YYYY-MM-DD HH24:MI'), '')) AS state,
       CASE WHEN NOT m.taken THEN m.fix END AS fix, CASE WHEN NOT m.taken THEN m.undo END AS undo,
       NULL AS unknown, NULL AS unknown_kind
FROM gap AS g
LEFT JOIN made AS m ON m.partrelid = g.partrelid
UNION ALL
SELECT format('%I.%I', t.nspname, t.relname), t.partrelid::bigint, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'a partition is locked', 'locked'
FROM timed AS t
WHERE EXISTS (SELECT FROM part AS p WHERE p.inhparent = t.partrelid AND p.locked)
  AND t.partrelid NOT IN (SELECT g.partrelid FROM gap AS g)
ORDER BY 1
