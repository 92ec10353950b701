-- title: Indexes that another one makes superfluous
-- about: Valid indexes that another valid index of the same table can stand in for: same (equal keys, so one of the two is
--   enough) or prefix (B-tree: its keys are the first ones of a wider index). Compared are access method, key columns,
--   expressions, operator classes, collations, sort order and predicate; included columns have to be in the other one too.
--   Never named: what backs a constraint or the replica identity, a unique index unless its twin is as unique, parts of a
--   partitioned index. Of equals the one that does more, then the one scanned more, stays.
-- key: index_oid
-- units: size=bytes
-- every: 60
-- timeout: 5
WITH candidate AS MATERIALIZED (
  -- Texts of expressions up to server 16 hold the place in the statement that made them.
  SELECT x.oid AS index_oid, i.indrelid, x.relam, am.amname = 'btree' AS btree, x.relname, x.relpages,
         i.indnkeyatts AS keys, (i.indkey::int2[])[0:i.indnkeyatts - 1] AS columns, i.indkey::int2[] AS all_columns,
         (i.indkey::int2[])[i.indnkeyatts:i.indnatts - 1] AS included,
         (i.indclass::oid[])[0:i.indnkeyatts - 1] AS classes, (i.indcollation::oid[])[0:i.indnkeyatts - 1] AS collations,
         (i.indoption::int2[])[0:i.indnkeyatts - 1] AS options, i.indisunique AS is_unique,
         regexp_replace(i.indexprs::text, ':location -?\d+', '', 'g') AS expressions,
         coalesce(regexp_replace(i.indpred::text, ':location -?\d+', '', 'g'), '') AS predicate,
         x.relispartition OR i.indisreplident OR i.indisexclusion OR i.indisprimary
           OR EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.oid AND k.contype IN ('p', 'u', 'x')
                                                    AND k.conrelid = i.indrelid) AS needed,
         count(*) OVER (PARTITION BY i.indrelid, x.relam, i.indkey[0]) AS alike
  FROM pg_index i
  JOIN pg_class x ON x.oid = i.indexrelid
  JOIN pg_namespace n ON n.oid = x.relnamespace
  JOIN pg_am am ON am.oid = x.relam
  WHERE x.relkind = 'i' AND i.indisvalid AND i.indislive
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
), pair AS (
  SELECT a.index_oid, b.index_oid AS twin_oid, a.keys = b.keys AS same,
         row_number() OVER (PARTITION BY a.index_oid ORDER BY a.keys = b.keys DESC, b.needed DESC, b.is_unique DESC,
                            pg_stat_get_numscans(b.index_oid) DESC, b.index_oid) AS place,
         count(*) OVER (PARTITION BY a.index_oid, a.keys = b.keys) AS twins
  FROM candidate a
  JOIN candidate b ON b.indrelid = a.indrelid AND b.relam = a.relam AND b.index_oid <> a.index_oid
  WHERE a.alike > 1 AND NOT a.needed
    AND (a.keys = b.keys OR a.keys < b.keys AND a.btree AND NOT a.is_unique)
    AND b.columns[1:a.keys] = a.columns AND b.classes[1:a.keys] = a.classes
    AND b.collations[1:a.keys] = a.collations AND b.options[1:a.keys] = a.options
    AND b.predicate = a.predicate AND b.all_columns @> a.included
    AND CASE WHEN a.keys = b.keys THEN a.expressions IS NOT DISTINCT FROM b.expressions
             ELSE a.expressions IS NULL OR a.expressions = b.expressions END
    AND (NOT a.is_unique OR b.is_unique AND (
      SELECT count(DISTINCT to_jsonb(u) ->> 'indnullsnotdistinct') <= 1
      FROM pg_index u WHERE u.indexrelid IN (a.index_oid, b.index_oid)))
    -- Where each could replace the other, one of them stays.
    AND (a.keys < b.keys OR b.needed OR a.is_unique <> b.is_unique OR NOT a.all_columns @> b.included
         OR (pg_stat_get_numscans(a.index_oid), -a.index_oid::bigint)
            < (pg_stat_get_numscans(b.index_oid), -b.index_oid::bigint))
)
SELECT a.index_oid, n.nspname::text AS schema, a.relname::text AS index, c.oid AS oid, c.relname::text AS "table",
       CASE WHEN p.same THEN 'same' ELSE 'prefix' END AS twin, p.twin_oid, b.relname::text AS twin_index,
       p.twins::int AS twins, a.relpages * current_setting('block_size')::bigint AS size
FROM pair p
JOIN candidate a ON a.index_oid = p.index_oid
JOIN candidate b ON b.index_oid = p.twin_oid
JOIN pg_class c ON c.oid = a.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE p.place = 1
