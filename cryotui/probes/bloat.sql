-- title: Bloat of tables, estimated
-- about: The part of each heap that a rewrite would save, estimated from the statistics of the columns: rows times the
--   width of an average row against the pages there are. Looked at are the 500 largest from 1 MB on; the others are left
--   out, as small. Without an estimate, why tells the reason: grant (the role may not read the table, so pg_stats is empty
--   for it), never (a column has no statistics), locked (the pages cannot be counted behind a lock, and those of the last
--   vacuum may be far off), stale (more than half of the rows changed since ANALYZE). Rows and pages are those of now; on
--   a standby and before the first vacuum seen by the statistics those of the last vacuum, and stale after a tenth. Off by a few percent for rows of mixed types, by more after columns were dropped.
--   Measure before a rewrite.
-- key: oid
-- units: bloat=share wasted=bytes heap_size=bytes statistics_age=seconds
-- every: 300
-- timeout: 10
--
-- A row takes a line pointer (4 bytes), its header (23 bytes, and a bit for each column where one is null, together
-- aligned to 8) and its columns, each aligned as its type wants; a page holds what fits between its header (24 bytes) and
-- the fill factor. Columns added since ANALYZE take no room in older rows. Sources: the chapter "Database Page Layout" of
-- PostgreSQL's documentation; avg_width and null_frac of pg_stats.
WITH known AS MATERIALIZED (
  SELECT clock_timestamp() AS now, current_setting('block_size')::bigint AS block_size, pg_is_in_recovery() AS standby
), locked AS MATERIALIZED (
  SELECT l.relation FROM pg_locks l
  WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
), large AS MATERIALIZED (
  SELECT c.oid, n.nspname, c.relname, c.relnatts, c.reltuples, c.relpages,
         NOT k.standby AND c.oid IN (SELECT relation FROM locked) AS locked,
         NOT k.standby AND c.oid NOT IN (SELECT relation FROM locked)
           AND pg_stat_get_vacuum_count(c.oid) + pg_stat_get_autovacuum_count(c.oid)
             + pg_stat_get_analyze_count(c.oid) + pg_stat_get_autoanalyze_count(c.oid) > 0 AS current,
         coalesce((SELECT option_value::float8 / 100 FROM pg_options_to_table(c.reloptions)
                   WHERE option_name = 'fillfactor'), 1) AS fillfactor
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN known k
  WHERE c.relkind IN ('r', 'm') AND c.relpages >= 1048576 / k.block_size AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  ORDER BY c.relpages DESC
  LIMIT 500
), measured AS MATERIALIZED (
  SELECT l.*, t.columns, t.older_columns, s.columns AS known_columns,
         24 + s.null_share * (8 * ceil((23 + ceil(l.relnatts / 8.0)) / 8) - 24)
           + CASE WHEN s.variable THEN s.width + 3.5 ELSE 8 * ceil(s.width / 8) END AS row_width
  FROM large l
  CROSS JOIN LATERAL (
    SELECT count(*) AS columns, max(p.attnum) AS newest, bool_or(p.variable) AS variable, max(p.null_frac) AS null_share,
           sum((1 - p.null_frac) * (p.width + p.padding)) AS width
    FROM (
      SELECT c.attnum, c.null_frac, c.width, c.variable,
             CASE WHEN c.alignment = 1 THEN 0
                  WHEN bool_or(c.variable) OVER earlier IS NOT TRUE
                    THEN (c.alignment - coalesce(sum(c.width) OVER earlier, 0) % c.alignment) % c.alignment
                  WHEN lag(NOT c.variable AND c.alignment >= 4) OVER (ORDER BY c.attnum)
                       AND lag(c.width) OVER (ORDER BY c.attnum) % c.alignment = 0 THEN 0
                  ELSE (c.alignment - 1) / 2.0 END AS padding
      FROM (
        SELECT a.attnum, p.null_frac, a.attlen < 0 OR p.null_frac > 0 AS variable,
               CASE WHEN a.attlen > 0 THEN a.attlen ELSE p.avg_width END AS width,
               CASE WHEN a.attlen = -1 AND p.avg_width < 127 THEN 1
                    ELSE (CASE a.attalign WHEN 'd' THEN 8 WHEN 'i' THEN 4 WHEN 's' THEN 2 ELSE 1 END) END AS alignment
        FROM pg_stats p
        JOIN pg_attribute a ON a.attrelid = l.oid AND a.attname = p.attname AND a.attnum > 0 AND NOT a.attisdropped
        WHERE p.schemaname = l.nspname AND p.tablename = l.relname AND NOT p.inherited) AS c
      WINDOW earlier AS (ORDER BY c.attnum ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS p) AS s
  CROSS JOIN LATERAL (
    SELECT count(*) AS columns, count(*) FILTER (WHERE a.attnum <= s.newest) AS older_columns
    FROM pg_attribute a WHERE a.attrelid = l.oid AND a.attnum > 0 AND NOT a.attisdropped) AS t
), counted AS (
  SELECT m.*, k.block_size, k.standby,
         CASE WHEN m.current THEN pg_stat_get_live_tuples(m.oid) ELSE m.reltuples END AS rows,
         CASE WHEN m.current THEN pg_relation_size(m.oid) / k.block_size ELSE m.relpages END AS pages,
         greatest(1, floor((k.block_size - 24) * m.fillfactor / (4 + m.row_width))) AS rows_a_page,
         date_part('epoch', k.now - greatest(pg_stat_get_last_analyze_time(m.oid),
                                             pg_stat_get_last_autoanalyze_time(m.oid))) AS statistics_age
  FROM measured m
  CROSS JOIN known k
), judged AS (
  SELECT c.*, ceil(c.rows / c.rows_a_page) AS pages_needed,
         CASE WHEN c.known_columns < c.columns
                   AND (NOT has_table_privilege(c.oid, 'SELECT') OR row_security_active(c.oid)) THEN 'grant'
              WHEN c.known_columns < c.older_columns OR c.row_width IS NULL OR c.reltuples < 0 THEN 'never'
              WHEN c.locked THEN 'locked'
              WHEN NOT c.standby AND pg_stat_get_mod_since_analyze(c.oid)
                > CASE WHEN c.current THEN 0.5 ELSE 0.1 END * c.reltuples THEN 'stale' END AS why
  FROM counted c
)
SELECT oid, CASE WHEN why IS NULL THEN 'stats' END AS method, why,
       CASE WHEN why IS NULL THEN greatest(0, 1 - pages_needed / nullif(pages, 0)) END AS bloat,
       CASE WHEN why IS NULL THEN greatest(0, pages - pages_needed) * block_size END::bigint AS wasted,
       pages * block_size AS heap_size, statistics_age
FROM judged
