-- title: Exact sizes of tables
-- about: Bytes on disk now: of the tables whose size the catalogs do not tell or no longer tell, then of the largest: 500
--   in all. A table that is locked, or for whose lock somebody waits, is named as locked without sizes, because looking at
--   them would wait too. Sizes are asked for rarely: each costs the server a look at every file.
-- key: oid
-- units: size=bytes heap_size=bytes toast_size=bytes index_size=bytes
-- every: 60
-- timeout: 5
WITH locked AS MATERIALIZED (
  SELECT coalesce(t.oid, i.indrelid, l.relation) AS oid
  FROM pg_locks l
  LEFT JOIN pg_index i ON i.indexrelid = l.relation
  LEFT JOIN pg_class t ON t.reltoastrelid = coalesce(i.indrelid, l.relation)
  WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
), wanted AS MATERIALIZED (
  SELECT c.oid, c.reltoastrelid, c.oid IN (SELECT oid FROM locked) AS locked
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
  WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  ORDER BY c.reltuples < 0 OR pg_stat_get_mod_since_analyze(c.oid) > greatest(c.reltuples, 100)
           OR coalesce(t.reltuples < 0 AND pg_stat_get_tuples_inserted(t.oid) > 0, false) DESC,
           c.relpages + coalesce(t.relpages, 0) DESC
  LIMIT 500
), measured AS MATERIALIZED (
  SELECT oid, locked, CASE WHEN NOT locked THEN pg_table_size(oid) END AS table_size,
         CASE WHEN NOT locked THEN pg_indexes_size(oid) END AS index_size,
         CASE WHEN NOT locked THEN coalesce(pg_total_relation_size(nullif(reltoastrelid, 0)), 0) END AS toast_size
  FROM wanted
)
SELECT oid, table_size + index_size AS size, table_size - toast_size AS heap_size, toast_size, index_size, locked
FROM measured
WHERE locked OR table_size IS NOT NULL
