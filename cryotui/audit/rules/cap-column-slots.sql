-- title: Column slots used up
-- severity: watch
-- group: capacity
-- kind: table
-- about: A table that has used 80% (bad: 95%) of the 1,600 columns one can ever have. Dropped columns keep their slot for good.
-- why: At the end ALTER TABLE ... ADD COLUMN fails, often in a deployment, and only a new table gives the slots back. Tools that
--   add and drop columns on every run get there.
-- evidence: {used:count} of 1,600 slots
-- detail: {used} slots used, {dropped} of them by dropped columns. There is no SQL that frees them: create the table anew, copy its
--   rows, exchange the names, or restore it from a dump.
-- lock: ACCESS EXCLUSIVE for the exchange of the names
-- parameters: watch=0.8 bad=0.95
-- references: https://www.postgresql.org/docs/current/limits.html
SELECT format('%I.%I', n.nspname, t.relname) AS object, t.oid::bigint AS oid, n.nspname::text AS schema,
       t.relname::text AS "table", t.relnatts::int AS used, gone.dropped,
       CASE WHEN t.relnatts >= $2::float8 * 1600 THEN 'bad' END AS severity
FROM pg_catalog.pg_class AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
CROSS JOIN LATERAL (
    SELECT count(*) AS dropped FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = t.oid AND a.attnum > 0 AND a.attisdropped
) AS gone
WHERE t.relkind IN ('r', 'p', 'f', 'c') AND t.relpersistence <> 't' AND t.oid >= 16384 AND t.relnatts >= $1::float8 * 1600
ORDER BY 1
