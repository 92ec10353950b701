-- title: Index bloat
-- severity: watch
-- group: performance
-- kind: index
-- about: A B-tree index of 100 MB or more, of which a rebuild would save 40% or more: entries times their width against the
--   pages there are. An estimate from the statistics of its columns. There is none for expressions, partial indexes and
--   repeating keys of several columns, nor where a column has no statistics, they are hidden or a fifth of the rows changed
--   since. Other access methods are not looked at.
-- why: Every look-up reads more pages, and the cache holds less of what is asked for. Half-empty pages are filled again only by
--   keys that belong there.
-- evidence: {bloat:percent}, about {wasted:size}
-- detail: {size:size} for {rows:count} entries. The rebuild needs free space for the new index. Keys in random order settle at
--   about 25% again. {measure} measures it.
-- shape: REINDEX INDEX CONCURRENTLY {index};
-- lock: SHARE UPDATE EXCLUSIVE; reads and writes go on, it waits for transactions that use the table
-- concurrently: yes
-- cost: K2
-- certainty: estimated
-- needs: primary setting:track_counts
-- parameters: mb=100.0 share=0.4
-- references: https://www.postgresql.org/docs/current/routine-reindex.html; https://www.postgresql.org/docs/current/btree.html; pghero index_bloat
-- The estimate is that of the probe index_bloat.
WITH large AS MATERIALIZED (
    SELECT x.oid AS index_oid, i.indrelid, n.nspname, x.relname AS index, c.relname, x.relpages, x.reltuples,
           c.reltuples AS table_rows, i.indnatts, i.indkey::int2[] AS keys, i.indisunique, i.indisvalid, i.indisexclusion,
           i.indpred IS NOT NULL AS partial,
           coalesce((SELECT o.option_value::float8 / 100 FROM pg_options_to_table(x.reloptions) AS o
                     WHERE o.option_name = 'fillfactor'), 0.9) AS fillfactor,
           coalesce((SELECT o.option_value::boolean FROM pg_options_to_table(x.reloptions) AS o
                     WHERE o.option_name = 'deduplicate_items'), true) AND i.indnatts = i.indnkeyatts AS merging
    FROM pg_catalog.pg_class AS x
    JOIN pg_catalog.pg_index AS i ON i.indexrelid = x.oid
    JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid AND c.relkind IN ('r', 'm')
    JOIN pg_catalog.pg_namespace AS n ON n.oid = x.relnamespace
    JOIN pg_catalog.pg_am AS am ON am.oid = x.relam AND am.amname = 'btree'
    WHERE x.relkind = 'i' AND x.relpersistence <> 't' AND x.oid >= 16384 AND i.indisvalid
      AND x.relpages * current_setting('block_size')::bigint >= $1::float8 * 1048576 AND x.relpages > 0
), measured AS MATERIALIZED (
    SELECT l.*, s.columns AS known_columns, s.readable, s.null_share, s.width, s.distinct_rows, s.variable
    FROM large AS l
    LEFT JOIN LATERAL (
        SELECT count(p.attname) AS columns, bool_and(has_column_privilege(l.indrelid, a.attnum, 'SELECT')) AS readable,
               max(p.null_frac) AS null_share, bool_or(a.attlen < 0) AS variable,
               sum((1 - p.null_frac) * CASE WHEN a.attlen > 0 THEN a.attlen ELSE p.avg_width END) AS width,
               max(CASE WHEN p.n_distinct < 0 THEN -p.n_distinct * l.table_rows ELSE p.n_distinct END) AS distinct_rows
        FROM pg_catalog.pg_attribute AS a
        LEFT JOIN (
            SELECT p.attname, p.null_frac, p.avg_width, p.n_distinct FROM pg_catalog.pg_stats AS p
            WHERE p.schemaname = l.nspname AND p.tablename = l.relname AND NOT p.inherited
        ) AS p ON p.attname = a.attname
        WHERE a.attrelid = l.indrelid AND a.attnum = ANY (l.keys)
    ) AS s ON NOT l.partial AND NOT 0 = ANY (l.keys)
), sized AS (
    SELECT m.*, 4 + 8 * ceil((CASE WHEN m.null_share > 0 THEN 16 ELSE 8 END
                              + m.width + CASE WHEN m.variable THEN 3.5 ELSE 0 END) / 8) AS entry_width,
           m.merging AND NOT m.indisunique AND m.distinct_rows < 0.5 * m.reltuples AS repeats
    FROM measured AS m
), judged AS (
    SELECT s.*, current_setting('block_size')::bigint AS block_size,
           CASE WHEN 0 = ANY (s.keys) THEN 'expression'
                WHEN s.partial THEN 'partial'
                WHEN s.known_columns < s.indnatts AND (NOT s.readable OR row_security_active(s.indrelid)) THEN 'grant'
                WHEN s.known_columns < s.indnatts OR s.reltuples < 0 OR s.width IS NULL THEN 'never'
                WHEN pg_stat_get_mod_since_analyze(s.indrelid) > 0.2 * s.reltuples THEN 'stale'
                WHEN s.repeats AND s.indnatts > 1 THEN 'duplicates' END AS why,
           (current_setting('block_size')::bigint - 40) * s.fillfactor AS room,
           CASE WHEN s.repeats THEN s.reltuples * 6 + (s.distinct_rows + s.reltuples * 6 / 1300) * s.entry_width
                ELSE s.reltuples * s.entry_width END AS bytes_needed
    FROM sized AS s
), counted AS (
    SELECT j.*, 1 + ceil(j.bytes_needed / j.room * (1 + j.entry_width / j.room)) AS pages_needed FROM judged AS j
)
SELECT format('%I.%I', c.nspname, c.index) AS object, c.index_oid::bigint AS index_oid, c.nspname::text AS schema,
       c.index::text AS index, c.indrelid::bigint AS oid, c.relname::text AS "table",
       greatest(0, 1 - c.pages_needed / c.relpages)::float8 AS bloat, c.relpages * c.block_size AS size,
       (greatest(0, c.relpages - c.pages_needed) * c.block_size)::bigint AS wasted, c.reltuples::float8 AS rows,
       format('SELECT * FROM pgstatindex(%L);', format('%I.%I', c.nspname, c.index)) AS measure,
       format(CASE WHEN c.indisexclusion THEN 'REINDEX INDEX %I.%I;' ELSE 'REINDEX INDEX CONCURRENTLY %I.%I;' END,
              c.nspname, c.index) AS fix,
       CASE WHEN c.indisexclusion THEN 'SHARE on the table: writes wait; ACCESS EXCLUSIVE on the index' END AS lock,
       CASE c.why WHEN 'expression' THEN 'no estimate of indexes on expressions, pgstatindex measures'
                  WHEN 'partial' THEN 'no estimate of partial indexes, pgstatindex measures'
                  WHEN 'duplicates' THEN 'no estimate of repeating keys of several columns, pgstatindex measures'
                  WHEN 'grant' THEN 'statistics of its columns are hidden, so there is no estimate'
                  WHEN 'never' THEN 'a column has no statistics, so there is no estimate'
                  WHEN 'stale' THEN 'too many rows changed since the table was analysed for an estimate' END AS unknown,
       CASE WHEN c.why = 'grant' THEN 'privilege' WHEN c.why IS NOT NULL THEN 'unmeasured' END AS unknown_kind,
       CASE WHEN c.why = 'grant' THEN format('GRANT SELECT ON %I.%I TO %I;', c.nspname, c.relname, current_user)
            WHEN c.why IN ('never', 'stale') THEN format('ANALYZE %I.%I;', c.nspname, c.relname) END AS remedy
FROM counted AS c
WHERE c.why IS NOT NULL OR 1 - c.pages_needed / c.relpages >= $2::float8
ORDER BY 1
