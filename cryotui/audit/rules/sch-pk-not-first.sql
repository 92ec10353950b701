-- title: Key not the first column
-- severity: info
-- group: schema
-- kind: schema
-- default: off
-- about: Tables in which another column stands before one of the primary key; one finding a schema.
-- why: A matter of reading: whoever looks at a row, a dump or the columns of a table looks for the key first.
-- detail: {first_ones}. No SQL: the order of columns is that of their making. It can be had when the table is made anew for
--   another reason.
-- references: https://wiki.postgresql.org/wiki/Alter_column_position; pg-index-health TABLES_WHERE_PRIMARY_KEY_COLUMNS_NOT_FIRST
WITH
-- with: tables,
found AS (
    SELECT DISTINCT t.namespace, t.nspname, t.object AS name
    FROM tables AS t
    JOIN pg_catalog.pg_constraint AS k ON k.conrelid = t.oid AND k.contype = 'p'
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
     AND a.attnum <> ALL (k.conkey) AND a.attnum < (SELECT max(part) FROM unnest(k.conkey) AS part)
),
-- with: by-schema
SELECT s.*, CASE s.number WHEN 1 THEN '1 table' ELSE s.number || ' tables' END AS evidence
FROM by_schema AS s ORDER BY 1
