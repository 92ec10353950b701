-- title: Foreign keys
-- about: Every foreign key with the indexes of the referencing table that serve it; none means that each delete of a
--   referenced row reads the whole referencing table. An index serves when it is a valid B-tree or hash index whose first
--   key columns are those of the foreign key in any order, and it covers every row or every row that is not null there.
--   Keys of partitions are those of their partitioned table. Row numbers and size are as of the last VACUUM or ANALYZE.
-- key: constraint_oid
-- counters: referenced_deleted referenced_updated
-- reset: stats_epoch
-- units: rows=rows referenced_rows=rows heap_size=bytes referenced_deleted=rows referenced_updated=rows
-- every: 60
WITH known AS MATERIALIZED (
  SELECT current_setting('block_size')::bigint AS block_size, pg_is_in_recovery() AS standby,
         date_part('epoch', pg_stat_get_db_stat_reset_time(d.oid)) AS stats_epoch
  FROM pg_database d
  WHERE d.datname = current_database()
), reference AS MATERIALIZED (
  SELECT k.oid AS constraint_oid, k.conname, k.conrelid, k.confrelid, k.conkey, k.confkey, k.confdeltype, k.confupdtype,
         k.convalidated, cardinality(k.conkey) AS width
  FROM pg_constraint k
  WHERE k.contype = 'f' AND k.conparentid = 0
), serving AS (
  SELECT f.constraint_oid, array_agg(i.indexrelid ORDER BY i.indnatts, i.indexrelid) AS index_oids
  FROM reference f
  JOIN pg_index i ON i.indrelid = f.conrelid
  JOIN pg_class x ON x.oid = i.indexrelid
  JOIN pg_am am ON am.oid = x.relam
  WHERE i.indisvalid AND i.indislive AND am.amname IN ('btree', 'hash') AND i.indnkeyatts >= f.width
    AND (i.indkey::int2[])[0:f.width - 1] @> f.conkey AND f.conkey @> (i.indkey::int2[])[0:f.width - 1]
    AND (i.indpred IS NULL
         OR i.indpred::text ~ '^\{NULLTEST :arg \{VAR [^{}]*\} :nulltesttype 1 [^{}]*\}$'
            AND substring(i.indpred::text FROM ' :varattno (\d+) ')::int2 = ANY (f.conkey))
  GROUP BY f.constraint_oid
), named AS (
  SELECT f.constraint_oid, string_agg(a.attname::text, ', ' ORDER BY p.place) AS columns,
         string_agg(b.attname::text, ', ' ORDER BY p.place) AS referenced_columns
  FROM reference f
  CROSS JOIN LATERAL unnest(f.conkey, f.confkey) WITH ORDINALITY AS p (own, other, place)
  JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = p.own
  JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = p.other
  GROUP BY f.constraint_oid
)
SELECT f.constraint_oid, c.oid AS oid, n.nspname::text AS schema, c.relname::text AS "table", f.conname::text AS constraint,
       a.columns, t.oid AS referenced_oid, tn.nspname::text AS referenced_schema, t.relname::text AS referenced_table,
       a.referenced_columns, nullif(c.reltuples, -1)::bigint AS rows, nullif(t.reltuples, -1)::bigint AS referenced_rows,
       CASE WHEN c.relkind <> 'p' AND (c.reltuples >= 0 OR c.relpages > 0) THEN c.relpages * k.block_size END AS heap_size,
       CASE WHEN NOT k.standby THEN pg_stat_get_tuples_deleted(t.oid) END AS referenced_deleted,
       CASE WHEN NOT k.standby THEN pg_stat_get_tuples_updated(t.oid) END AS referenced_updated,
       CASE f.confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default'
                          WHEN 'r' THEN 'restrict' ELSE 'no action' END AS on_delete,
       f.convalidated AS valid, r.rolname::text AS owner, e.extname::text AS extension, s.index_oids, k.stats_epoch
FROM known k
CROSS JOIN reference f
JOIN named a ON a.constraint_oid = f.constraint_oid
JOIN pg_class c ON c.oid = f.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class t ON t.oid = f.confrelid
JOIN pg_namespace tn ON tn.oid = t.relnamespace
LEFT JOIN pg_roles r ON r.oid = c.relowner
LEFT JOIN serving s ON s.constraint_oid = f.constraint_oid
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
                      AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
LEFT JOIN pg_extension e ON e.oid = d.refobjid
