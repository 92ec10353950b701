-- title: Collation has changed
-- severity: bad
-- group: integrity
-- kind: collation
-- about: A collation that indexes, partition keys or constraints use, whose recorded version is not the one the operating
--   system or ICU gives now.
-- why: What was sorted by the old rules is searched by the new ones: look-ups miss rows, unique indexes let duplicates in,
--   rows stand in the wrong partition.
-- evidence: {recorded} then, {actual} now
-- detail: {dependants}. Rebuild the indexes, look at partitions and constraints by hand, then record the new version.
-- shape: REINDEX INDEX CONCURRENTLY {index};\nALTER COLLATION {collation} REFRESH VERSION;
-- lock: SHARE UPDATE EXCLUSIVE on one table after the other; reads and writes go on
-- concurrently: yes
-- references: https://www.postgresql.org/docs/current/sql-altercollation.html; https://wiki.postgresql.org/wiki/Locale_data_changes
WITH used AS (
    SELECT DISTINCT c.sort_order, x.indexrelid AS index, NULL::oid AS partitioned, NULL::oid AS constraint
    FROM pg_catalog.pg_index AS x
    CROSS JOIN LATERAL unnest(x.indcollation::oid[]) AS c (sort_order)
    WHERE x.indexrelid >= 16384 AND c.sort_order NOT IN (0, 100)
    UNION
    -- inside of expressions and conditions
    SELECT d.refobjid, CASE WHEN d.classid = 'pg_catalog.pg_class'::regclass THEN d.objid END, NULL,
           CASE WHEN d.classid = 'pg_catalog.pg_constraint'::regclass THEN d.objid END
    FROM pg_catalog.pg_depend AS d
    WHERE d.refclassid = 'pg_catalog.pg_collation'::regclass AND d.refobjid NOT IN (0, 100) AND d.objid >= 16384
      AND (d.classid = 'pg_catalog.pg_constraint'::regclass
           OR (d.classid = 'pg_catalog.pg_class'::regclass AND d.objid IN (SELECT x.indexrelid FROM pg_catalog.pg_index AS x)))
    UNION
    SELECT c.sort_order, NULL, p.partrelid, NULL
    FROM pg_catalog.pg_partitioned_table AS p
    CROSS JOIN LATERAL unnest(p.partcollation::oid[]) AS c (sort_order)
    WHERE c.sort_order NOT IN (0, 100)
), changed AS MATERIALIZED (
    SELECT l.oid, l.collname, n.nspname, l.collversion AS recorded, pg_collation_actual_version(l.oid) AS actual
    FROM pg_catalog.pg_collation AS l
    JOIN pg_catalog.pg_namespace AS n ON n.oid = l.collnamespace
    WHERE l.oid IN (SELECT u.sort_order FROM used AS u) AND l.collversion IS NOT NULL
      AND l.collversion IS DISTINCT FROM pg_collation_actual_version(l.oid)
), told AS (
    SELECT c.oid, count(i.oid) AS indexes, count(u.partitioned) AS partitioned, count(k.oid) AS constraints,
           (array_agg(named.text ORDER BY named.text) FILTER (WHERE named.text IS NOT NULL))[1:3] AS first,
           string_agg(format('REINDEX INDEX CONCURRENTLY %s;', named.text), E'\n' ORDER BY named.text)
               FILTER (WHERE i.relkind = 'i') AS rebuild
    FROM changed AS c
    JOIN used AS u ON u.sort_order = c.oid
    LEFT JOIN pg_catalog.pg_class AS i ON i.oid = u.index AND i.relkind = 'i' AND i.relpersistence <> 't'
    LEFT JOIN pg_catalog.pg_constraint AS k ON k.oid = u.constraint AND k.contype = 'c'
    LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = i.relnamespace
    CROSS JOIN LATERAL (SELECT CASE WHEN i.oid IS NOT NULL THEN format('%I.%I', n.nspname, i.relname) END) AS named (text)
    GROUP BY c.oid
)
SELECT format('%I.%I', c.nspname, c.collname) AS object, c.recorded, coalesce(c.actual, 'none') AS actual,
       'pg_catalog.pg_collation'::regclass::oid::bigint AS classid, c.oid::bigint AS objid,
       concat_ws(', ', CASE WHEN t.indexes > 0
                            THEN format('%s indexes sort by it (%s%s)', t.indexes, array_to_string(t.first, ', '),
                                        CASE WHEN t.indexes > 3 THEN ' ...' END) END,
                 CASE WHEN t.partitioned > 0 THEN format('%s partitioned tables', t.partitioned) END,
                 CASE WHEN t.constraints > 0 THEN format('%s checks', t.constraints) END) AS dependants,
       -- a version that is not known any more cannot be recorded
       CASE WHEN c.actual IS NOT NULL
            THEN concat_ws(E'\n', t.rebuild, format('ALTER COLLATION %I.%I REFRESH VERSION;', c.nspname, c.collname)) END AS fix
FROM changed AS c
JOIN told AS t ON t.oid = c.oid
WHERE t.indexes + t.partitioned + t.constraints > 0
ORDER BY 1
