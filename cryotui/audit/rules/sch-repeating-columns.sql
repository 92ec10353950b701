-- title: Columns that are numbered
-- severity: info
-- group: schema
-- kind: columns
-- default: off
-- about: Columns of one table and one type whose names differ in the number at the end alone, counting from 0 or 1 without a gap.
-- why: Every question about them has to name them all, and the next value needs a new column. A table with a row for each, or an
--   array, takes any number.
-- evidence: {named}
-- detail: {columns}. No SQL: rows of a table that refers to this one, or an array. The lines of an address may stay.
-- certainty: estimated
-- parameters: columns=2
-- references: https://www.postgresql.org/docs/current/ddl-basics.html; pg-index-health TABLES_WITH_INCREMENTING_COLUMNS
WITH
-- with: tables,
numbered AS (
    SELECT t.oid, t.relname, t.nspname, t.object, name.parts[1] AS stem, count(*) AS number, min(a.attnum) AS place,
           string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns,
           quote_ident((array_agg(a.attname ORDER BY name.parts[2]::bigint))[1]) || ' to '
               || quote_ident((array_agg(a.attname ORDER BY name.parts[2]::bigint DESC))[1]) AS named
    FROM tables AS t
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname ~ '[^0-9][0-9]{1,9}$'
    CROSS JOIN LATERAL (SELECT regexp_match(a.attname, '^(.*[^0-9])([0-9]+)$') AS parts) AS name
    GROUP BY t.oid, t.relname, t.nspname, t.object, name.parts[1], a.atttypid
    HAVING count(*) >= $1::float8 AND min(name.parts[2]::bigint) IN (0, 1) AND count(DISTINCT name.parts[2]::bigint) = count(*)
       AND max(name.parts[2]::bigint) - min(name.parts[2]::bigint) = count(*) - 1
)
SELECT n.object, n.oid::bigint AS oid, n.nspname::text AS schema, n.relname::text AS "table",
       string_agg(n.columns, ', ' ORDER BY n.place) AS columns, string_agg(n.named, ', ' ORDER BY n.place) AS named
FROM numbered AS n
GROUP BY n.object, n.oid, n.nspname, n.relname
ORDER BY 1
