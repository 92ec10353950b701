-- title: Bloat of one index, measured
-- about: What pgstatindex finds in one B-tree index: how full its leaf pages are against the fill factor a rebuild would
--   give them, and pages that are empty or deleted. The density itself is not bloat: a fresh index has 90%, and one filled
--   in random order settles at about 70%. Reads the whole index. Indexes that are no B-tree, or invalid, give no row.
-- key: index_oid
-- units: bloat=share wasted=bytes size=bytes leaf_density=share leaf_fragmentation=share
-- needs: extension:pgstattuple role:pg_stat_scan_tables
-- calls: pgstatindex
-- every: 300
-- timeout: 120
-- parameters: index_oid:oid
WITH asked AS MATERIALIZED (
  SELECT c.oid, c.reloptions
  FROM pg_class c
  JOIN pg_index i ON i.indexrelid = c.oid
  JOIN pg_am am ON am.oid = c.relam
  WHERE c.oid = $1::oid AND c.relkind = 'i' AND am.amname = 'btree' AND i.indisvalid
)
SELECT index_oid, 'exact' AS method, clock_timestamp() AS measured_at,
       greatest(0, 1 - pages_needed / nullif(pages, 0)) AS bloat,
       greatest(0, pages - pages_needed)::bigint * block_size AS wasted,
       size, leaf_density, leaf_fragmentation, empty_pages, deleted_pages, fillfactor
FROM (
  SELECT *, size / block_size AS pages,
         1 + internal_pages + leaf_pages * least(1, coalesce(leaf_density, 1) / fillfactor) AS pages_needed
  FROM (
    SELECT c.oid AS index_oid, s.index_size AS size, s.internal_pages, s.leaf_pages, s.empty_pages, s.deleted_pages,
           nullif(s.avg_leaf_density, 'NaN') / 100 AS leaf_density,
           nullif(s.leaf_fragmentation, 'NaN') / 100 AS leaf_fragmentation,
           coalesce((SELECT option_value::float8 / 100 FROM pg_options_to_table(c.reloptions)
                     WHERE option_name = 'fillfactor'), 0.9) AS fillfactor,
           current_setting('block_size')::float8 AS block_size
    FROM asked c
    CROSS JOIN LATERAL pgstatindex(c.oid::regclass) AS s
  ) AS found
) AS measured
