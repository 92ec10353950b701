-- title: Everything may be null
-- severity: info
-- group: schema
-- kind: schema
-- default: off
-- about: Tables with a primary key in which every other column may be null; one finding a schema.
-- why: Nothing keeps an empty row out, and every reader has to think of the null that nobody meant.
-- detail: {first_ones}. Where a column has no null and shall have none: ALTER TABLE ... ADD CHECK (... IS NOT NULL) NOT VALID, VALIDATE
--   CONSTRAINT, then SET NOT NULL, which does not read the table again.
-- references: https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-NOT-NULL;
--   pg-index-health TABLES_WHERE_ALL_COLUMNS_NULLABLE_EXCEPT_PK
WITH
-- with: tables,
found AS (
    SELECT t.namespace, t.nspname, t.object AS name
    FROM tables AS t
    JOIN pg_catalog.pg_constraint AS k ON k.conrelid = t.oid AND k.contype = 'p'
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attnum <> ALL (k.conkey)
    JOIN pg_catalog.pg_type AS y ON y.oid = a.atttypid
    GROUP BY t.namespace, t.nspname, t.object
    HAVING NOT bool_or(a.attnotnull OR y.typnotnull)
),
-- with: by-schema
SELECT s.*, CASE s.number WHEN 1 THEN '1 table' ELSE s.number || ' tables' END AS evidence
FROM by_schema AS s ORDER BY 1
