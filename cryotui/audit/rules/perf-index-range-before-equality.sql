-- title: Time before other columns
-- severity: info
-- group: performance
-- kind: index
-- about: A B-tree index in which a timestamp or date comes before other columns. Unique ones are left out, and those where only
--   columns of the primary key follow, which break ties of a sort.
-- why: A time is mostly asked for as a range. Columns after it cannot narrow the range any more: the whole part between its ends
--   is read. Behind the columns that are compared by =, it costs nothing and bounds the rest.
-- evidence: {column} before {after}
-- detail: {size:size} on {relation}. When queries compare {after} by = and {column} by a range, make one in the other order:
--   {advice} When they only sort by {column} or ask for one moment, it is well as it is.
-- lock: SHARE UPDATE EXCLUSIVE for CREATE INDEX CONCURRENTLY; reads and writes go on
-- default: off
-- references: https://www.postgresql.org/docs/current/indexes-multicolumn.html; pg-index-health INDEXES_WITH_TIMESTAMP_IN_THE_MIDDLE
WITH several AS MATERIALIZED (
    SELECT x.indexrelid, x.indrelid, (x.indkey::int2[])[0:x.indnkeyatts - 1] AS keys, x.indpred IS NULL AS whole
    FROM pg_catalog.pg_index AS x
    WHERE x.indnkeyatts > 1 AND NOT x.indisunique AND NOT x.indisexclusion AND x.indisvalid AND x.indexprs IS NULL AND x.indexrelid >= 16384
), placed AS MATERIALIZED (
    SELECT s.indexrelid, s.indrelid, s.whole, k.place, a.attname, k.attnum,
           a.atttypid IN ('pg_catalog.timestamp'::regtype, 'pg_catalog.timestamptz'::regtype, 'pg_catalog.date'::regtype) AS time
    FROM several AS s
    CROSS JOIN LATERAL unnest(s.keys) WITH ORDINALITY AS k (attnum, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = s.indrelid AND a.attnum = k.attnum
), first AS MATERIALIZED (
    SELECT DISTINCT ON (p.indexrelid) p.indexrelid, p.indrelid, p.whole, p.place, p.attname
    FROM placed AS p WHERE p.time ORDER BY p.indexrelid, p.place
), followed AS MATERIALIZED (
    SELECT f.indexrelid, f.indrelid, f.whole, f.attname,
           string_agg(quote_ident(p.attname), ', ' ORDER BY p.place) FILTER (WHERE p.place > f.place AND NOT p.time) AS after,
           string_agg(quote_ident(p.attname), ', ' ORDER BY p.time, p.place) AS turned,
           array_agg(p.attnum) FILTER (WHERE p.place > f.place AND NOT p.time) AS after_keys
    FROM first AS f
    JOIN placed AS p ON p.indexrelid = f.indexrelid
    GROUP BY f.indexrelid, f.indrelid, f.whole, f.attname, f.place
    HAVING count(*) FILTER (WHERE p.place > f.place AND NOT p.time) > 0
)
SELECT format('%I.%I', n.nspname, i.relname) AS object, i.oid::bigint AS index_oid, n.nspname::text AS schema, i.relname::text AS index,
       t.oid::bigint AS oid, t.relname::text AS "table", format('%I.%I', n.nspname, t.relname) AS relation,
       nullif(i.relpages, 0)::bigint * current_setting('block_size')::bigint AS size, quote_ident(f.attname) AS column, f.after,
       format('CREATE INDEX %sON %I.%I (%s)%s', CASE WHEN t.relkind <> 'p' THEN 'CONCURRENTLY ' END, n.nspname, t.relname, f.turned,
              CASE WHEN f.whole THEN ';' ELSE ', with its condition.' END) AS advice
FROM followed AS f
JOIN pg_catalog.pg_class AS i ON i.oid = f.indexrelid AND NOT i.relispartition AND i.relpersistence <> 't'
JOIN pg_catalog.pg_am AS m ON m.oid = i.relam AND m.amname = 'btree'
JOIN pg_catalog.pg_class AS t ON t.oid = f.indrelid AND t.relkind IN ('r', 'p', 'm')
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS c
                  WHERE c.conrelid = f.indrelid AND c.contype = 'p' AND c.conkey @> f.after_keys)
ORDER BY 1
