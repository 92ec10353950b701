-- title: Bloat of indexes, estimated
-- about: The part of each B-tree index that a rebuild would save, estimated from the statistics of its columns. Looked at
--   are the 500 largest from 1 MB on; the others are left out, as small. Without an estimate, why tells the reason: the
--   access method where it is no B-tree, expression, partial, duplicates (keys of several columns repeat, and how far equal
--   keys were merged is not known), grant (pg_stats is empty for this role), never (a column has no statistics), stale
--   (more than a fifth of the rows changed since ANALYZE), invalid. An index that is filled in random order settles at
--   about 25% and goes back there after a rebuild.
-- key: index_oid
-- units: bloat=share wasted=bytes statistics_age=seconds
-- every: 300
-- timeout: 10
--
-- An entry takes a line pointer (4 bytes), its header (8 bytes, aligned to 8 with a bitmap where a column is null) and its
-- key; a leaf page holds what fits into its fill factor (90) between its header (24 bytes) and its links (16 bytes). Equal
-- keys of one column are merged (deduplication): 6 bytes each, and a key for every 1,300 bytes of them. Sources: "B-Tree
-- Implementation" in PostgreSQL's documentation, access/nbtree.h.
WITH known AS MATERIALIZED (
  SELECT clock_timestamp() AS now, current_setting('block_size')::bigint AS block_size, pg_is_in_recovery() AS standby
), large AS MATERIALIZED (
  SELECT x.oid AS index_oid, i.indrelid, n.nspname, c.relname, am.amname, x.relpages, x.reltuples, c.reltuples AS table_rows,
         i.indnatts, i.indkey::int2[] AS keys, i.indisunique, i.indisvalid, i.indpred IS NOT NULL AS partial,
         coalesce((SELECT option_value::float8 / 100 FROM pg_options_to_table(x.reloptions)
                   WHERE option_name = 'fillfactor'), 0.9) AS fillfactor,
         coalesce((SELECT option_value::boolean FROM pg_options_to_table(x.reloptions)
                   WHERE option_name = 'deduplicate_items'), true) AND i.indnatts = i.indnkeyatts AS merging
  FROM pg_class x
  JOIN pg_index i ON i.indexrelid = x.oid
  JOIN pg_class c ON c.oid = i.indrelid
  JOIN pg_namespace n ON n.oid = x.relnamespace
  JOIN pg_am am ON am.oid = x.relam
  CROSS JOIN known k
  WHERE x.relkind = 'i' AND x.relpages >= 1048576 / k.block_size AND x.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  ORDER BY x.relpages DESC
  LIMIT 500
), measured AS MATERIALIZED (
  SELECT l.*, s.columns AS known_columns, s.readable, s.null_share, s.width, s.distinct_rows, s.variable
  FROM large l
  LEFT JOIN LATERAL (
    SELECT count(p.attname) AS columns, bool_and(has_column_privilege(l.indrelid, a.attnum, 'SELECT')) AS readable,
           max(p.null_frac) AS null_share, bool_or(a.attlen < 0) AS variable,
           sum((1 - p.null_frac) * CASE WHEN a.attlen > 0 THEN a.attlen ELSE p.avg_width END) AS width,
           max(CASE WHEN p.n_distinct < 0 THEN -p.n_distinct * l.table_rows ELSE p.n_distinct END) AS distinct_rows
    FROM pg_attribute a
    LEFT JOIN (
      SELECT p.attname, p.null_frac, p.avg_width, p.n_distinct FROM pg_stats p
      WHERE p.schemaname = l.nspname AND p.tablename = l.relname AND NOT p.inherited) AS p ON p.attname = a.attname
    WHERE a.attrelid = l.indrelid AND a.attnum = ANY (l.keys)) AS s
    ON l.amname = 'btree' AND NOT l.partial AND NOT 0 = ANY (l.keys) AND l.indisvalid
), sized AS (
  SELECT m.*, 4 + 8 * ceil((CASE WHEN m.null_share > 0 THEN 16 ELSE 8 END
                            + m.width + CASE WHEN m.variable THEN 3.5 ELSE 0 END) / 8) AS entry_width,
         m.merging AND NOT m.indisunique AND m.distinct_rows < 0.5 * m.reltuples AS repeats
  FROM measured m
), judged AS (
  SELECT s.*, k.block_size,
         CASE WHEN NOT s.indisvalid THEN 'invalid'
              WHEN s.amname <> 'btree' THEN s.amname
              WHEN 0 = ANY (s.keys) THEN 'expression'
              WHEN s.partial THEN 'partial'
              WHEN s.known_columns < s.indnatts AND (NOT s.readable OR row_security_active(s.indrelid)) THEN 'grant'
              WHEN s.known_columns < s.indnatts OR s.reltuples < 0 OR s.width IS NULL THEN 'never'
              WHEN NOT k.standby AND pg_stat_get_mod_since_analyze(s.indrelid) > 0.2 * s.reltuples THEN 'stale'
              WHEN s.repeats AND s.indnatts > 1 THEN 'duplicates' END AS why,
         (k.block_size - 40) * s.fillfactor AS room,
         CASE WHEN s.repeats
              THEN s.reltuples * 6 + (s.distinct_rows + s.reltuples * 6 / 1300) * s.entry_width
              ELSE s.reltuples * s.entry_width END AS bytes_needed,
         date_part('epoch', k.now - greatest(pg_stat_get_last_analyze_time(s.indrelid),
                                             pg_stat_get_last_autoanalyze_time(s.indrelid))) AS statistics_age
  FROM sized s
  CROSS JOIN known k
), counted AS (
  -- One page for the root's bookkeeping, and inner pages: one for as many leaves as it has entries.
  SELECT *, 1 + ceil(bytes_needed / room * (1 + entry_width / room)) AS pages_needed
  FROM judged
)
SELECT index_oid, CASE WHEN why IS NULL THEN 'stats' END AS method, why,
       CASE WHEN why IS NULL THEN greatest(0, 1 - pages_needed / relpages) END AS bloat,
       CASE WHEN why IS NULL THEN greatest(0, relpages - pages_needed) * block_size END::bigint AS wasted,
       statistics_age
FROM counted
