-- title: Index of few values
-- severity: info
-- group: performance
-- kind: index
-- about: A B-tree index of 1 MB or more whose first column has three values or fewer, booleans above all: alone in its index, or
--   with one value in more than 80% of the rows. Unique and partial ones, those of mostly nulls (perf-index-mostly-null) and
--   the support of a foreign key are left out.
-- why: A value that half of the rows have is found faster by reading the table; only a rare one is worth an index. The entries of
--   the others take memory, disk, WAL and vacuum time, and each insert pays for one.
-- evidence: {values} values, most {top:percent}
-- detail: {size:size} over {column} of {relation}, {scans:count} scans. {how}
-- lock: SHARE UPDATE EXCLUSIVE for CREATE and DROP INDEX CONCURRENTLY; reads and writes go on
-- cost: K2
-- certainty: estimated
-- parameters: mb=1.0 values=3 share=0.8
-- references: https://www.postgresql.org/docs/current/indexes-partial.html; pg-index-health INDEXES_WITH_BOOLEAN
WITH led AS MATERIALIZED (
    SELECT i.oid, i.relname, n.nspname, t.oid AS relid, t.relname AS of, a.attname, a.attnum, x.indnkeyatts = 1 AS single,
           greatest(t.reltuples, 0) AS rows, i.relpages::bigint * current_setting('block_size')::bigint AS size
    FROM pg_catalog.pg_index AS x
    JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid AND i.oid >= 16384 AND i.relkind = 'i' AND i.relpersistence <> 't'
    JOIN pg_catalog.pg_am AS m ON m.oid = i.relam AND m.amname = 'btree'
    JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid AND t.relkind IN ('r', 'm')
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = x.indkey[0] AND a.attnum > 0
    WHERE NOT x.indisunique AND NOT x.indisexclusion AND x.indpred IS NULL AND x.indisvalid
      AND i.relpages * current_setting('block_size')::bigint >= $1::float8 * 1048576
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS f
                      WHERE f.conrelid = x.indrelid AND f.contype = 'f' AND f.conkey[1] = x.indkey[0])
), told AS (
    SELECT l.*, s.null_frac, (s.most_common_freqs)[1]::float8 AS top, s.attname IS NOT NULL AS known,
           CASE WHEN s.n_distinct < 0 THEN -s.n_distinct * l.rows ELSE s.n_distinct END AS values
    FROM led AS l
    LEFT JOIN pg_catalog.pg_stats AS s ON s.schemaname = l.nspname AND s.tablename = l.of AND s.attname = l.attname AND NOT s.inherited
), judged AS (
    SELECT t.*, NOT t.known AND (NOT has_column_privilege(t.relid, t.attnum, 'SELECT') OR row_security_active(t.relid)) AS hidden
    FROM told AS t
)
SELECT format('%I.%I', j.nspname, j.relname) AS object, j.oid::bigint AS index_oid, j.nspname::text AS schema, j.relname::text AS index,
       j.relid::bigint AS oid, j.of::text AS "table", format('%I.%I', j.nspname, j.of) AS relation,
       quote_ident(j.attname) AS column, j.size,
       CASE WHEN NOT j.single
            THEN format('Make one over its other columns with WHERE %I = the rare value, and drop this one, unless queries ask for '
                        'the usual value in the order of the others.', j.attname)
            WHEN j.top > $3::float8
            THEN format('Make one with WHERE %I = the rare value, over the column that is then sorted by or joined, and drop this one.',
                        j.attname)
            ELSE 'No value of it is rare: drop it, unless its scans join or sort by it.' END AS how, round(j.values)::bigint AS values, j.top, pg_stat_get_numscans(j.oid) AS scans,
       CASE WHEN j.hidden THEN 'the statistics of its column are hidden' END AS unknown,
       CASE WHEN j.hidden THEN 'privilege' END AS unknown_kind,
       CASE WHEN j.hidden THEN format('GRANT SELECT ON %I.%I TO %I;', j.nspname, j.of, current_user) END AS remedy
FROM judged AS j
WHERE j.hidden
   OR (round(j.values) BETWEEN 1 AND $2::bigint AND j.top > 0 AND j.null_frac < 0.5 AND (j.single OR j.top > $3::float8))
ORDER BY 1
