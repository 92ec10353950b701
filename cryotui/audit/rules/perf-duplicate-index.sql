-- title: Duplicate index
-- severity: watch
-- group: performance
-- kind: index
-- about: An index that another one of the same table replaces in full: same method, columns, operator classes, collations,
--   order, expressions and predicate, and at least as strict.
-- why: Each write keeps both up to date and each takes memory, disk, WAL and vacuum time; queries use one.
-- evidence: {size:size}, as {kept_name}
-- detail: {kept} on {relation} is the same and stays. Scans: {scans:count} of this one, {kept_scans:count} of the other.
-- shape: DROP INDEX CONCURRENTLY {index};\n-- or\nDROP INDEX {partitioned_index};
-- lock: SHARE UPDATE EXCLUSIVE; waits for transactions that use the table, reads and writes go on
-- concurrently: yes
-- references: https://www.postgresql.org/docs/current/sql-dropindex.html; splinter 0009
WITH candidate AS (
    SELECT x.indexrelid, x.indrelid, x.indisunique, x.indimmediate, x.indisexclusion, x.indnkeyatts, x.indisreplident,
           x.indkey::text AS keys, x.indclass::text AS classes, x.indcollation::text AS collations,
           x.indoption::text AS options, i.relam, i.relkind, i.relispartition, i.relname, i.relnamespace, i.relpages,
           -- where in the statement an expression stood is no part of it
           regexp_replace(coalesce(x.indexprs::text, ''), ' :location -?\d+', '', 'g') AS expressions,
           regexp_replace(coalesce(x.indpred::text, ''), ' :location -?\d+', '', 'g') AS predicate
    FROM pg_catalog.pg_index AS x
    JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid AND i.oid >= 16384 AND i.relpersistence <> 't'
    JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid AND t.relkind IN ('r', 'p', 'm')
    WHERE x.indisvalid AND x.indisready AND x.indislive
), twin AS (
    SELECT c.*, md5(concat_ws(chr(1), c.indrelid, c.relam, c.indnkeyatts, c.keys, c.classes, c.collations, c.options,
                              c.expressions, c.predicate)) AS shape,
           count(*) OVER (PARTITION BY c.indrelid, c.relam, c.indnkeyatts, c.keys, c.classes, c.collations, c.options,
                                       c.expressions, c.predicate) AS alike
    FROM candidate AS c
), ranked AS (
    SELECT w.*, k.conname, coalesce(k.contype, ' ') AS contype,
           -- from 15 on
           (SELECT coalesce((to_jsonb(x) ->> 'indnullsnotdistinct')::boolean, false) FROM pg_catalog.pg_index AS x
            WHERE x.indexrelid = w.indexrelid) AS nulls_equal,
           EXISTS (SELECT FROM pg_catalog.pg_constraint AS f WHERE f.conindid = w.indexrelid AND f.contype = 'f') AS referenced,
           (SELECT array_agg(a.attoptions::text ORDER BY a.attnum) FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid = w.indexrelid) AS operator_options,
           pg_stat_get_numscans(w.indexrelid) AS scans,
           -- kept first: what something else depends on, then what guards most, then what is used most
           row_number() OVER (
               PARTITION BY w.shape
               ORDER BY EXISTS (SELECT FROM pg_catalog.pg_constraint AS f
                                WHERE f.conindid = w.indexrelid AND f.contype = 'f') DESC,
                        coalesce(k.contype, ' ') = 'p' DESC, k.contype IS NOT NULL DESC, w.indisreplident DESC,
                        w.relispartition DESC, w.indisunique DESC, w.indimmediate DESC,
                        pg_stat_get_numscans(w.indexrelid) DESC, w.indexrelid
           ) AS place
    FROM twin AS w
    LEFT JOIN pg_catalog.pg_constraint AS k ON k.conindid = w.indexrelid AND k.contype IN ('p', 'u', 'x')
    WHERE w.alike > 1
), locked AS (
    SELECT l.relation FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid()
)
SELECT format('%I.%I', n.nspname, d.relname) AS object, d.indexrelid::bigint AS index_oid, n.nspname::text AS schema,
       d.relname::text AS index, d.indrelid::bigint AS oid, t.relname::text AS "table",
       format('%I.%I', tn.nspname, t.relname) AS relation,
       nullif(d.relpages, 0) * current_setting('block_size')::bigint AS size,
       CASE WHEN d.relpages = 0 THEN 'as ' || s.relname END AS evidence,
       d.scans, s.scans AS kept_scans,
       s.relname::text AS kept_name, format('%I.%I', sn.nspname, s.relname) AS kept,
       CASE WHEN d.conname IS NOT NULL THEN format('ALTER TABLE %I.%I DROP CONSTRAINT %I;', tn.nspname, t.relname, d.conname)
            WHEN d.relkind = 'I' THEN format('DROP INDEX %I.%I;', n.nspname, d.relname)
            ELSE format('DROP INDEX CONCURRENTLY %I.%I;', n.nspname, d.relname) END AS fix,
       CASE WHEN d.indrelid IN (SELECT relation FROM locked) THEN NULL
            WHEN d.conname IS NOT NULL
            THEN format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s;', tn.nspname, t.relname, d.conname,
                        (SELECT pg_get_constraintdef(k.oid) FROM pg_catalog.pg_constraint AS k
                         WHERE k.conindid = d.indexrelid AND k.conname = d.conname AND k.contype = d.contype))
            -- the definition of a partitioned index leaves its partitions out
            ELSE replace(pg_get_indexdef(d.indexrelid), format(' ON ONLY %I.%I USING ', tn.nspname, t.relname),
                         format(' ON %I.%I USING ', tn.nspname, t.relname)) || ';' END AS undo,
       CASE WHEN d.conname IS NOT NULL OR d.relkind = 'I' THEN 'ACCESS EXCLUSIVE for a moment' END AS lock
FROM ranked AS d
JOIN LATERAL (
    SELECT s.* FROM ranked AS s
    WHERE s.shape = d.shape AND s.place < d.place
      AND s.operator_options IS NOT DISTINCT FROM d.operator_options
      -- the one that stays must guard at least as much
      AND (NOT d.indisunique
           OR (s.indisunique AND (s.indimmediate OR NOT d.indimmediate) AND s.nulls_equal = d.nulls_equal))
    ORDER BY s.place LIMIT 1
) AS s ON true
JOIN pg_catalog.pg_namespace AS n ON n.oid = d.relnamespace
JOIN pg_catalog.pg_namespace AS sn ON sn.oid = s.relnamespace
JOIN pg_catalog.pg_class AS t ON t.oid = d.indrelid
JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
WHERE NOT d.indisexclusion AND NOT d.referenced AND NOT d.indisreplident AND d.contype <> 'p' AND NOT d.relispartition
ORDER BY 1
