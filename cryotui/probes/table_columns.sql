-- title: Columns of one table
-- about: Name, type, default and statistics of each column. Statistics are null where the role may not read the column or
--   it was never analysed. The text of a default is null while the table is locked, because reading it would wait too.
-- key: column
-- parameters: oid:oid
-- units: null_share=share average_width=bytes
-- every: 60
WITH asked AS MATERIALIZED (
  SELECT c.oid, c.relname, n.nspname,
         EXISTS (SELECT FROM pg_locks l
                 WHERE l.locktype = 'relation' AND l.relation = c.oid AND l.mode = 'AccessExclusiveLock'
                   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS locked
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = $1::oid
)
SELECT a.attnum::int AS position, a.attname::text AS "column", format_type(a.atttypid, a.atttypmod) AS type,
       a.attnotnull AS not_null, a.attidentity::text <> '' AS identity, a.attgenerated::text <> '' AS generated,
       d.oid IS NOT NULL AS has_default,
       CASE WHEN d.oid IS NOT NULL AND NOT q.locked THEN pg_get_expr(d.adbin, d.adrelid) END AS default_text,
       s.null_frac::float8 AS null_share, s.avg_width AS average_width, s.n_distinct::float8 AS distinct_values,
       col_description(q.oid, a.attnum) AS comment
FROM asked q
JOIN pg_attribute a ON a.attrelid = q.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN (
  SELECT p.schemaname, p.tablename, p.attname, p.null_frac, p.avg_width, p.n_distinct
  FROM asked t
  JOIN pg_stats p ON p.schemaname = t.nspname AND p.tablename = t.relname AND NOT p.inherited
) AS s ON s.attname = a.attname
ORDER BY a.attnum
