-- title: Indexes
-- about: Every index outside the system catalogs: its table, its size as of the last VACUUM or ANALYZE of the table
--   (relpages), whether it is valid, what rests on it. Indexes of partitioned tables have no size of their own. An index
--   that is not valid may be under construction right now: building is null where that cannot be told, by a role without
--   pg_read_all_stats and on a standby.
-- key: index_oid
-- units: size=bytes entries=rows build_share=share
-- needs: role:pg_read_all_stats
-- every: 10
WITH known AS MATERIALIZED (
  SELECT current_setting('block_size')::bigint AS block_size
), build AS MATERIALIZED (
  SELECT pid, index_relid, phase, command IS NULL AS masked,
         CASE WHEN blocks_total > 0 THEN blocks_done::float8 / blocks_total
              WHEN tuples_total > 0 THEN tuples_done::float8 / tuples_total END AS share
  FROM pg_stat_progress_create_index
  WHERE datname = current_database()
), backed AS MATERIALIZED (
  SELECT conindid, min(conname)::text AS name, bool_or(contype = 'x') AS exclusion
  FROM pg_constraint
  WHERE contype IN ('p', 'u', 'x')
  GROUP BY conindid
)
SELECT x.oid AS index_oid, n.nspname::text AS schema, x.relname::text AS index, c.oid AS oid, c.relname::text AS "table",
       r.rolname::text AS owner, e.extname::text AS extension, am.amname::text AS access_method,
       CASE WHEN x.relkind = 'i' THEN x.relpages * k.block_size END AS size,
       CASE WHEN x.relkind = 'i' AND x.reltuples >= 0 THEN x.reltuples::bigint END AS entries,
       i.indisvalid AS valid, i.indisready AS ready, i.indisunique AS unique, i.indisprimary AS primary,
       coalesce(b.exclusion, i.indisexclusion) AS exclusion, i.indisreplident AS replica_identity, b.name AS constraint,
       i.indpred IS NOT NULL AS partial, x.relkind = 'I' AS partitioned, x.relispartition AS attached,
       CASE WHEN i.indisvalid THEN false
            WHEN w.pid IS NOT NULL THEN true
            WHEN EXISTS (SELECT FROM build WHERE masked) OR pg_is_in_recovery() THEN NULL
            ELSE false END AS building,
       w.pid AS build_pid, w.share AS build_share
FROM known k
CROSS JOIN pg_class x
JOIN pg_index i ON i.indexrelid = x.oid
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = x.relnamespace
JOIN pg_am am ON am.oid = x.relam
LEFT JOIN pg_roles r ON r.oid = x.relowner
LEFT JOIN backed b ON b.conindid = x.oid
LEFT JOIN build w ON w.index_relid = x.oid
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
                      AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
LEFT JOIN pg_extension e ON e.oid = d.refobjid
WHERE x.relkind IN ('i', 'I') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
