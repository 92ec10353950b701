-- title: Columns of indexes
-- about: The columns of each index in words: key columns with DESC where they fall, operator classes that are not the
--   default in brackets, (expression) for an expression, included columns, where for a partial index. The text of
--   expressions and conditions is in the index's definition.
-- key: index_oid
-- every: 120
-- timeout: 5
SELECT i.indexrelid AS index_oid,
       string_agg(coalesce(a.attname::text, '(expression)')
                  || CASE WHEN o.opcdefault THEN '' ELSE ' [' || o.opcname::text || ']' END
                  || CASE WHEN i.indoption[k.place::int - 1] & 1 = 1 THEN ' DESC' ELSE '' END, ', ' ORDER BY k.place)
         FILTER (WHERE k.place <= i.indnkeyatts)
         || coalesce(' include ' || string_agg(a.attname::text, ', ' ORDER BY k.place)
                                      FILTER (WHERE k.place > i.indnkeyatts), '')
         || CASE WHEN i.indpred IS NULL THEN '' ELSE ' where (condition)' END AS columns
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = x.relnamespace
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum <> 0
LEFT JOIN pg_opclass o ON o.oid = i.indclass[k.place::int - 1]
WHERE x.relkind IN ('i', 'I') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
GROUP BY i.indexrelid, i.indpred IS NULL
