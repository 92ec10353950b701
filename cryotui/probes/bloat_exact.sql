-- title: Bloat of one table, measured
-- about: What pgstattuple_approx finds in the heap of one table: free space and dead rows, less the part that the fill
--   factor keeps free on purpose. It reads every page that is not all-visible, so it takes as long as VACUUM's first pass;
--   scanned is the share of pages it read, the others are taken from the free space map. A fresh table is not quite 0.
-- key: oid
-- units: bloat=share wasted=bytes heap_size=bytes dead_bytes=bytes free_bytes=bytes scanned=share rows=rows dead_rows=rows
-- needs: extension:pgstattuple role:pg_stat_scan_tables
-- calls: pgstattuple_approx
-- every: 300
-- timeout: 120
-- parameters: oid:oid
WITH asked AS MATERIALIZED (
  SELECT oid, reloptions FROM pg_class WHERE oid = $1::oid AND relkind IN ('r', 'm', 't')
)
SELECT oid, 'exact' AS method, clock_timestamp() AS measured_at,
       greatest(0, (free_bytes + dead_bytes)::float8 / nullif(heap_size, 0) - 1 + fillfactor) AS bloat,
       greatest(0, free_bytes + dead_bytes - (1 - fillfactor) * heap_size)::bigint AS wasted,
       heap_size, dead_bytes, free_bytes, scanned, rows, dead_rows
FROM (
  SELECT c.oid, s.table_len AS heap_size, s.dead_tuple_len AS dead_bytes, s.approx_free_space AS free_bytes,
         s.scanned_percent / 100 AS scanned, s.approx_tuple_count::bigint AS rows, s.dead_tuple_count AS dead_rows,
         coalesce((SELECT option_value::float8 / 100 FROM pg_options_to_table(c.reloptions)
                   WHERE option_name = 'fillfactor'), 1) AS fillfactor
  FROM asked c
  CROSS JOIN LATERAL pgstattuple_approx(c.oid::regclass) AS s
) AS measured
