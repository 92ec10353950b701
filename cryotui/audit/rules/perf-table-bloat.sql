-- title: Table bloat
-- severity: watch
-- group: performance
-- kind: table
-- about: A table whose heap has 100 MB or more, of which a rewrite would save 40% or more: rows times the width of an average
--   row against the pages there are. An estimate from the statistics of the columns, off by a few percent for rows of mixed
--   types, by more after columns were dropped; where a column has no statistics, they are hidden or half of the rows changed
--   since, there is none. TOAST is not counted.
-- why: Scans, backups and the cache carry the empty part. Vacuum makes it usable again but gives it back only at the end of
--   the file, so what came once stays.
-- evidence: {bloat:percent}, about {wasted:size}
-- detail: {heap_size:size} of pages for {rows:count} rows. See first why vacuum was late, then measure: {measure} pg_repack
--   rewrites it while it is used; {rewrite} needs ACCESS EXCLUSIVE for as long as it takes, so no fix is offered.
-- lock: ACCESS EXCLUSIVE for VACUUM FULL, for as long as the table is rewritten; nearly none for pg_repack
-- cost: K2
-- certainty: estimated
-- needs: primary setting:track_counts
-- parameters: mb=100.0 share=0.4
-- references: https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-SPACE-RECOVERY; https://www.postgresql.org/docs/current/storage-page-layout.html; splinter 0020
-- The estimate is that of the probe bloat.
WITH locked AS MATERIALIZED (
    SELECT l.relation FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
), large AS MATERIALIZED (
    SELECT c.oid, n.nspname, c.relname, c.relnatts, c.reltuples, c.relpages, c.relnamespace,
           current_setting('block_size')::bigint AS block_size, c.oid IN (SELECT relation FROM locked) AS locked,
           c.oid NOT IN (SELECT relation FROM locked)
               AND pg_stat_get_vacuum_count(c.oid) + pg_stat_get_autovacuum_count(c.oid)
                   + pg_stat_get_analyze_count(c.oid) + pg_stat_get_autoanalyze_count(c.oid) > 0 AS current,
           coalesce((SELECT o.option_value::float8 / 100 FROM pg_options_to_table(c.reloptions) AS o
                     WHERE o.option_name = 'fillfactor'), 1) AS fillfactor
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND c.oid >= 16384
      AND c.relpages * current_setting('block_size')::bigint >= $1::float8 * 1048576 AND c.relpages > 0
), measured AS MATERIALIZED (
    SELECT l.*, t.columns, t.older_columns, s.columns AS known_columns,
           24 + s.null_share * (8 * ceil((23 + ceil(l.relnatts / 8.0)) / 8) - 24)
               + CASE WHEN s.variable THEN s.width + 3.5 ELSE 8 * ceil(s.width / 8) END AS row_width
    FROM large AS l
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
                FROM pg_catalog.pg_stats AS p
                JOIN pg_catalog.pg_attribute AS a
                  ON a.attrelid = l.oid AND a.attname = p.attname AND a.attnum > 0 AND NOT a.attisdropped
                WHERE p.schemaname = l.nspname AND p.tablename = l.relname AND NOT p.inherited
            ) AS c
            WINDOW earlier AS (ORDER BY c.attnum ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        ) AS p
    ) AS s
    CROSS JOIN LATERAL (
        SELECT count(*) AS columns, count(*) FILTER (WHERE a.attnum <= s.newest) AS older_columns
        FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = l.oid AND a.attnum > 0 AND NOT a.attisdropped
    ) AS t
), counted AS (
    SELECT m.*,
           CASE WHEN m.current THEN pg_stat_get_live_tuples(m.oid) ELSE m.reltuples END AS rows,
           CASE WHEN m.current THEN pg_relation_size(m.oid) / m.block_size ELSE m.relpages END AS pages,
           greatest(1, floor((m.block_size - 24) * m.fillfactor / (4 + m.row_width))) AS rows_a_page
    FROM measured AS m
), judged AS (
    SELECT c.*, ceil(c.rows / c.rows_a_page) AS pages_needed,
           CASE WHEN c.known_columns < c.columns
                     AND (NOT has_table_privilege(c.oid, 'SELECT') OR row_security_active(c.oid)) THEN 'grant'
                WHEN c.known_columns < c.older_columns OR c.row_width IS NULL OR c.reltuples < 0 THEN 'never'
                WHEN c.locked THEN 'locked'
                WHEN pg_stat_get_mod_since_analyze(c.oid) > CASE WHEN c.current THEN 0.5 ELSE 0.1 END * c.reltuples THEN 'stale'
           END AS why
    FROM counted AS c
), estimated AS (
    SELECT j.*, format('%I.%I', j.nspname, j.relname) AS object, greatest(0, 1 - j.pages_needed / nullif(j.pages, 0)) AS bloat
    FROM judged AS j
)
SELECT e.object, e.oid::bigint AS oid, e.nspname::text AS schema, e.relname::text AS "table",
       e.bloat::float8 AS bloat, e.rows::float8 AS rows, e.pages * e.block_size AS heap_size,
       (greatest(0, e.pages - e.pages_needed) * e.block_size)::bigint AS wasted,
       format('SELECT * FROM pgstattuple_approx(%L);', e.object) AS measure,
       format('VACUUM (FULL, ANALYZE) %s', e.object) AS rewrite,
       CASE e.why WHEN 'grant' THEN 'its statistics are hidden, so there is no estimate'
                  WHEN 'never' THEN 'a column has no statistics, so there is no estimate'
                  WHEN 'locked' THEN 'it is locked, so its pages cannot be counted'
                  WHEN 'stale' THEN 'too many rows changed since it was analysed for an estimate' END AS unknown,
       CASE WHEN e.why = 'grant' THEN 'privilege' WHEN e.why = 'locked' THEN 'locked' WHEN e.why IS NOT NULL THEN 'unmeasured' END AS unknown_kind,
       CASE WHEN e.why = 'grant' THEN format('GRANT SELECT ON %s TO %I;', e.object, current_user)
            WHEN e.why IN ('never', 'stale') THEN format('ANALYZE %s;', e.object) END AS remedy
FROM estimated AS e
WHERE e.why IS NOT NULL OR e.bloat >= $2::float8
ORDER BY e.object
