-- title: Indexes of one table
-- about: The indexes of one table with their columns, size as of the last VACUUM or ANALYZE (relpages) and use since the
--   statistics began.
-- key: index_oid
-- parameters: oid:oid
-- units: size=bytes
-- every: 60
SELECT i.indexrelid AS index_oid, x.relname::text AS index, m.amname::text AS access_method,
       CASE WHEN x.relkind = 'i' THEN x.relpages * current_setting('block_size')::bigint END AS size,
       CASE WHEN x.relkind = 'i' THEN pg_stat_get_numscans(x.oid) END AS scans,
       i.indisvalid AS valid, i.indisunique AS unique, i.indisprimary AS primary, i.indpred IS NOT NULL AS partial,
       (SELECT string_agg(coalesce(a.attname::text, '(expression)'), ', ' ORDER BY k.place)
        FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum <> 0
        WHERE k.place <= i.indnkeyatts) AS columns
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_am m ON m.oid = x.relam
WHERE i.indrelid = $1::oid
ORDER BY i.indisprimary DESC, x.relname
