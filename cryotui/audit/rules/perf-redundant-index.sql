-- title: Redundant index
-- severity: info
-- group: performance
-- kind: index
-- about: An index that a wider one of the same table can stand in for: its keys are the first keys of a B-tree, or they are
--   the same keys without some included columns; operator classes, collations, order, expressions and predicate are the same.
--   Unique indexes, those of constraints and the replica identity are never named. Full copies have a rule of their own.
-- why: Each write keeps both up to date and each takes memory, disk, WAL and vacuum time. The narrow one can still be read
--   faster, so its size against the other's counts.
-- evidence: {size:size}, in {kept_name}
-- detail: {kept} begins with the same keys and stays. Scans: {scans:count} of this one, {kept_scans:count} of the other.
--   {proportion}
-- shape: DROP INDEX CONCURRENTLY {index};\n-- or\nDROP INDEX {partitioned_index};
-- lock: SHARE UPDATE EXCLUSIVE; waits for transactions that use the table, reads and writes go on
-- concurrently: yes
-- references: https://www.postgresql.org/docs/current/indexes-multicolumn.html; pghero duplicate_indexes
WITH first_alike AS MATERIALIZED (
    SELECT x.indexrelid, x.indrelid, i.relam, m.amname = 'btree' AS btree, i.relkind, i.relispartition, i.relname,
           i.relnamespace, i.relpages, x.indisunique, x.indisreplident, x.indisexclusion, x.indnkeyatts, x.indnatts, x.indkey,
           x.indclass, x.indcollation, x.indoption, x.indexprs, x.indpred,
           count(*) OVER (PARTITION BY x.indrelid, i.relam, x.indkey[0]) AS alike
    FROM pg_catalog.pg_index AS x
    JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid AND i.oid >= 16384 AND i.relpersistence <> 't'
    JOIN pg_catalog.pg_am AS m ON m.oid = i.relam
    JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid AND t.relkind IN ('r', 'p', 'm')
    WHERE x.indisvalid AND x.indisready AND x.indislive
), candidate AS MATERIALIZED (
    SELECT f.*, f.indnkeyatts AS keys,
           (f.indkey::int2[])[0:f.indnkeyatts - 1] AS columns, (f.indkey::int2[])[f.indnkeyatts:f.indnatts - 1] AS included,
           f.indkey::int2[] AS all_columns,
           (f.indclass::oid[])[0:f.indnkeyatts - 1] AS classes, (f.indcollation::oid[])[0:f.indnkeyatts - 1] AS collations,
           (f.indoption::int2[])[0:f.indnkeyatts - 1] AS options,
           -- where in the statement an expression stood is no part of it
           regexp_replace(f.indexprs::text, ' :location -?\d+', '', 'g') AS expressions,
           coalesce(regexp_replace(f.indpred::text, ' :location -?\d+', '', 'g'), '') AS predicate
    FROM first_alike AS f
    WHERE f.alike > 1
), pair AS (
    SELECT DISTINCT ON (a.indexrelid) a.indexrelid, b.indexrelid AS kept
    FROM candidate AS a
    JOIN candidate AS b ON b.indrelid = a.indrelid AND b.relam = a.relam AND b.indkey[0] = a.indkey[0]
     AND b.indexrelid <> a.indexrelid AND b.keys >= a.keys
    WHERE NOT a.indisunique AND NOT a.indisexclusion AND NOT a.indisreplident AND NOT a.relispartition
      AND (a.keys = b.keys OR a.btree)
      AND b.columns[1:a.keys] = a.columns AND b.classes[1:a.keys] = a.classes
      AND b.collations[1:a.keys] = a.collations AND b.options[1:a.keys] = a.options
      AND b.predicate = a.predicate AND b.all_columns @> a.included
      AND CASE WHEN a.keys = b.keys THEN a.expressions IS NOT DISTINCT FROM b.expressions
               ELSE a.expressions IS NULL OR a.expressions = b.expressions END
      -- a copy in full is found by perf-duplicate-index; of two that differ in the order of what they include one stays
      AND a.indkey::text <> b.indkey::text
      AND (a.keys < b.keys OR b.indisunique OR NOT a.included @> b.included
           OR (pg_stat_get_numscans(a.indexrelid), -a.indexrelid::bigint)
              < (pg_stat_get_numscans(b.indexrelid), -b.indexrelid::bigint))
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_attribute AS o
          JOIN pg_catalog.pg_attribute AS p ON p.attrelid = b.indexrelid AND p.attnum = o.attnum
          WHERE o.attrelid = a.indexrelid AND o.attnum <= a.keys AND o.attoptions IS DISTINCT FROM p.attoptions)
    ORDER BY a.indexrelid, b.keys, b.relpages, b.indexrelid
), locked AS (
    SELECT l.relation FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid()
)
SELECT format('%I.%I', n.nspname, a.relname) AS object, a.indexrelid::bigint AS index_oid, n.nspname::text AS schema,
       a.relname::text AS index, a.indrelid::bigint AS oid, t.relname::text AS "table",
       nullif(a.relpages, 0) * current_setting('block_size')::bigint AS size,
       CASE WHEN a.relpages = 0 THEN 'in ' || b.relname END AS evidence,
       pg_stat_get_numscans(a.indexrelid) AS scans, pg_stat_get_numscans(b.indexrelid) AS kept_scans,
       b.relname::text AS kept_name, format('%I.%I', n.nspname, b.relname) AS kept,
       CASE WHEN a.relpages > 0 AND b.relpages > 0
            THEN format('It has %s%% of the other''s size.', round(100.0 * a.relpages / b.relpages)) ELSE '' END
           || CASE WHEN chosen.narrow THEN ' Only this one is scanned: where nothing needs the other, drop that instead.' ELSE '' END
           AS proportion,
       -- perf-unused-index names the wide one in time: never both
       CASE WHEN NOT chosen.narrow THEN format(CASE WHEN a.relkind = 'I' THEN 'DROP INDEX %I.%I;' ELSE 'DROP INDEX CONCURRENTLY %I.%I;' END,
              n.nspname, a.relname) END AS fix,
       CASE WHEN NOT chosen.narrow AND a.indrelid NOT IN (SELECT relation FROM locked)
            -- the definition of a partitioned index leaves its partitions out
            THEN replace(pg_get_indexdef(a.indexrelid), format(' ON ONLY %I.%I USING ', n.nspname, t.relname),
                         format(' ON %I.%I USING ', n.nspname, t.relname)) || ';' END AS undo,
       CASE WHEN a.relkind = 'I' THEN 'ACCESS EXCLUSIVE for a moment' END AS lock
FROM pair AS p
JOIN candidate AS a ON a.indexrelid = p.indexrelid
JOIN candidate AS b ON b.indexrelid = p.kept
JOIN pg_catalog.pg_class AS t ON t.oid = a.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
CROSS JOIN LATERAL (
    SELECT pg_stat_get_numscans(a.indexrelid) > 0 AND pg_stat_get_numscans(b.indexrelid) = 0 AND NOT b.indisunique AS narrow
) AS chosen
ORDER BY 1
