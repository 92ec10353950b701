-- title: One column or none
-- severity: info
-- group: schema
-- kind: schema
-- default: off
-- about: Tables with one column or none; one finding a schema.
-- why: Mostly what is left of something, or a list that could be a check, an enumerated type or a column elsewhere.
-- detail: {first_ones}. A list of allowed values is a good use; what nobody reads can go with DROP TABLE.
-- references: https://www.postgresql.org/docs/current/ddl-basics.html; pg-index-health TABLES_WITH_ZERO_OR_ONE_COLUMN
WITH
-- with: tables,
found AS (
    SELECT t.namespace, t.nspname, t.object AS name
    FROM tables AS t
    LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    GROUP BY t.namespace, t.nspname, t.object
    HAVING count(a.attnum) < 2
),
-- with: by-schema
SELECT s.*, CASE s.number WHEN 1 THEN '1 table' ELSE s.number || ' tables' END AS evidence
FROM by_schema AS s ORDER BY 1
