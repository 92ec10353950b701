-- title: Index of nulls
-- severity: info
-- group: performance
-- kind: index
-- about: An index of 1 MB or more over one column, not unique and without a condition, in which half of the entries or more are
--   null.
-- why: Few queries look for nulls. Their entries take memory, disk, WAL and vacuum time, and every insert of a null pays for one.
-- evidence: {nulls:percent} null, saves {saved:size}
-- detail: {size:size} over {column} of {relation}. Make it anew with WHERE {column} IS NOT NULL and drop this one, unless queries ask for
--   IS NULL or sort by it; a query with a condition on the column uses the partial index as it is.
-- lock: SHARE UPDATE EXCLUSIVE for CREATE and DROP INDEX CONCURRENTLY; reads and writes go on
-- cost: K2
-- certainty: estimated
-- parameters: mb=1.0 share=0.5
-- references: https://www.postgresql.org/docs/current/indexes-partial.html; pg-extras null_indexes
WITH single AS MATERIALIZED (
    SELECT i.oid, i.relname, n.nspname, t.oid AS relid, t.relname AS of, a.attname, a.attnum,
           i.relpages::bigint * current_setting('block_size')::bigint AS size
    FROM pg_catalog.pg_index AS x
    JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid AND i.oid >= 16384 AND i.relkind = 'i' AND i.relpersistence <> 't'
    JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid AND t.relkind IN ('r', 'm')
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = x.indkey[0] AND a.attnum > 0 AND NOT a.attnotnull
    WHERE x.indnatts = 1 AND NOT x.indisunique AND NOT x.indisexclusion AND x.indpred IS NULL AND x.indisvalid
      AND i.relpages * current_setting('block_size')::bigint >= $1::float8 * 1048576
)
SELECT format('%I.%I', x.nspname, x.relname) AS object, x.oid::bigint AS index_oid, x.nspname::text AS schema, x.relname::text AS index,
       x.relid::bigint AS oid, x.of::text AS "table", format('%I.%I', x.nspname, x.of) AS relation,
       quote_ident(x.attname) AS column, x.size, s.null_frac::float8 AS nulls, (x.size * s.null_frac)::bigint AS saved,
       CASE WHEN seen.hidden THEN 'the statistics of its column are hidden' END AS unknown,
       CASE WHEN seen.hidden THEN 'privilege' END AS unknown_kind,
       CASE WHEN seen.hidden THEN format('GRANT SELECT ON %I.%I TO %I;', x.nspname, x.of, current_user) END AS remedy
FROM single AS x
LEFT JOIN pg_catalog.pg_stats AS s ON s.schemaname = x.nspname AND s.tablename = x.of AND s.attname = x.attname AND NOT s.inherited
CROSS JOIN LATERAL (
    SELECT s.attname IS NULL AND (NOT has_column_privilege(x.relid, x.attnum, 'SELECT') OR row_security_active(x.relid)) AS hidden
) AS seen
WHERE seen.hidden OR s.null_frac >= $2::float8
ORDER BY 1
