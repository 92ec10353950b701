-- title: One table
-- about: What one table is: storage, options, row security, exact sizes, runs of vacuum and analyze, the state of its toast
--   table. The sizes are null while it is locked, because looking would wait too.
-- key: oid
-- parameters: oid:oid
-- units: size=bytes heap_size=bytes toast_size=bytes index_size=bytes multixact_age=transactions toast_dead_rows=rows
--   toast_vacuum_age=seconds toast_autovacuum_age=seconds all_visible=share
-- every: 60
WITH asked AS MATERIALIZED (
  SELECT c.*, (SELECT oid FROM pg_database WHERE datname = current_database()) AS database_oid
  FROM pg_class c
  WHERE c.oid = $1::oid
), guarded AS MATERIALIZED (
  SELECT a.oid, EXISTS (
    SELECT FROM pg_locks l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.database = a.database_oid
      AND (l.relation IN (a.oid, a.reltoastrelid)
           OR l.relation IN (SELECT indexrelid FROM pg_index WHERE indrelid IN (a.oid, a.reltoastrelid)))) AS locked
  FROM asked a
), sized AS MATERIALIZED (
  SELECT g.oid, g.locked, CASE WHEN NOT g.locked AND a.relkind <> 'p' THEN pg_table_size(a.oid) END AS table_size,
         CASE WHEN NOT g.locked AND a.relkind <> 'p' THEN pg_indexes_size(a.oid) END AS index_size,
         CASE WHEN NOT g.locked AND a.relkind <> 'p' THEN CASE WHEN a.reltoastrelid = 0 THEN 0
                                                               ELSE pg_total_relation_size(a.reltoastrelid) END
         END AS toast_size
  FROM guarded g
  JOIN asked a ON a.oid = g.oid
)
SELECT a.oid, s.locked, s.table_size + s.index_size AS size, s.table_size - s.toast_size AS heap_size, s.toast_size,
       s.index_size,
       CASE a.relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' ELSE 'permanent' END AS persistence,
       m.amname::text AS access_method, coalesce(p.spcname::text, 'default') AS tablespace,
       array_to_string(a.reloptions, ', ') AS options, array_to_string(t.reloptions, ', ') AS toast_options,
       a.relrowsecurity AS row_security, a.relforcerowsecurity AS row_security_forced,
       CASE a.relreplident WHEN 'd' THEN 'primary key' WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' ELSE 'nothing' END
         AS replica_identity,
       pn.nspname::text AS parent_schema, pc.relname::text AS parent_table,
       obj_description(a.oid, 'pg_class') AS comment,
       CASE WHEN a.relminmxid <> '0'::xid THEN mxid_age(a.relminmxid) END AS multixact_age,
       CASE WHEN a.relpages > 0 THEN least(a.relallvisible::float8 / a.relpages, 1) END AS all_visible,
       pg_stat_get_vacuum_count(a.oid) AS vacuums, pg_stat_get_autovacuum_count(a.oid) AS autovacuums,
       pg_stat_get_analyze_count(a.oid) AS analyzes, pg_stat_get_autoanalyze_count(a.oid) AS autoanalyzes,
       pg_stat_get_dead_tuples(t.oid) AS toast_dead_rows,
       date_part('epoch', clock_timestamp() - pg_stat_get_last_vacuum_time(t.oid)) AS toast_vacuum_age,
       date_part('epoch', clock_timestamp() - pg_stat_get_last_autovacuum_time(t.oid)) AS toast_autovacuum_age
FROM asked a
JOIN sized s ON s.oid = a.oid
LEFT JOIN pg_am m ON m.oid = a.relam
LEFT JOIN pg_tablespace p ON p.oid = a.reltablespace
LEFT JOIN pg_class t ON t.oid = a.reltoastrelid
LEFT JOIN pg_inherits h ON h.inhrelid = a.oid AND a.relispartition
LEFT JOIN pg_class pc ON pc.oid = h.inhparent
LEFT JOIN pg_namespace pn ON pn.oid = pc.relnamespace
