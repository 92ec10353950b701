-- title: B-tree over an array
-- severity: info
-- group: performance
-- kind: index
-- about: A B-tree index with an array among its keys. Unique ones and those of constraints are left out.
-- why: A B-tree compares whole arrays only. Whether an array contains or overlaps something needs a GIN index, so such queries
--   read the table although there seems to be an index; and an entry of more than 2,704 bytes makes the INSERT fail.
-- evidence: {size:size}, {column} is {type}
-- detail: On {relation}. For @>, && and = ANY (array) make a GIN index beside it: {advice} Keep this one when whole arrays are looked
--   up or sorted.
-- lock: SHARE UPDATE EXCLUSIVE for CREATE INDEX CONCURRENTLY; reads and writes go on
-- references: https://www.postgresql.org/docs/current/gin.html; pg-index-health BTREE_INDEXES_ON_ARRAY_COLUMNS
SELECT DISTINCT ON (n.nspname, i.relname)
       format('%I.%I', n.nspname, i.relname) AS object, i.oid::bigint AS index_oid, n.nspname::text AS schema, i.relname::text AS index,
       t.oid::bigint AS oid, t.relname::text AS "table", format('%I.%I', n.nspname, t.relname) AS relation,
       i.relpages::bigint * current_setting('block_size')::bigint AS size,
       quote_ident(a.attname) AS column, format_type(a.atttypid, NULL) AS type,
       format('CREATE INDEX CONCURRENTLY ON %I.%I USING gin (%I);', n.nspname, t.relname, a.attname) AS advice
FROM pg_catalog.pg_index AS x
JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid AND i.oid >= 16384 AND NOT i.relispartition AND i.relpersistence <> 't'
JOIN pg_catalog.pg_am AS m ON m.oid = i.relam AND m.amname = 'btree'
JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid AND t.relkind IN ('r', 'p', 'm')
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
CROSS JOIN LATERAL unnest((x.indkey::int2[])[0:x.indnkeyatts - 1]) WITH ORDINALITY AS k (attnum, place)
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.attnum
JOIN pg_catalog.pg_type AS y ON y.oid = a.atttypid AND y.typcategory = 'A'
WHERE NOT x.indisunique AND NOT x.indisexclusion
ORDER BY n.nspname, i.relname, k.place
