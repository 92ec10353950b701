-- title: Definition of one index
-- about: The statement that makes one index, its options and its comment. The statement is null while the index or its
--   table is locked, because reading it would wait too.
-- key: index_oid
-- parameters: index_oid:oid
-- every: 60
WITH asked AS MATERIALIZED (
  SELECT x.oid, i.indrelid, x.reloptions, x.reltablespace,
         EXISTS (SELECT FROM pg_locks l
                 WHERE l.locktype = 'relation' AND l.relation IN (x.oid, i.indrelid) AND l.mode = 'AccessExclusiveLock'
                   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS locked
  FROM pg_class x
  JOIN pg_index i ON i.indexrelid = x.oid
  WHERE x.oid = $1::oid
)
SELECT a.oid AS index_oid, a.locked, CASE WHEN NOT a.locked THEN pg_get_indexdef(a.oid) END AS definition,
       CASE WHEN NOT a.locked THEN pg_relation_size(a.oid) END AS size, array_to_string(a.reloptions, ', ') AS options,
       t.spcname::text AS tablespace, obj_description(a.oid, 'pg_class') AS comment,
       (SELECT string_agg(pg_get_constraintdef(k.oid), '; ') FROM pg_constraint k
        WHERE k.conindid = a.oid AND k.contype IN ('p', 'u', 'x')) AS constraint_definition
FROM asked a
LEFT JOIN pg_tablespace t ON t.oid = a.reltablespace
