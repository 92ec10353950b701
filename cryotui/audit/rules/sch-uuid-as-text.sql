-- title: UUID kept as text
-- severity: info
-- group: schema
-- kind: columns
-- about: A column of the primary key, or one whose name ends in id, of the type varchar or char with 32, 36 or 38 signs, which are
--   the lengths of a UUID as text; also through a domain. The values are not looked at. Where more than 20 tables of a
--   schema have one, they are one finding.
-- why: As text a UUID takes 37 bytes instead of 16, in the table and in every index, compares slower, and the same one in capitals
--   is another key.
-- detail: {columns}.{hindered} The fix ends with an error, and changes nothing, when a value is no UUID.
-- shape: ALTER TABLE {table} ALTER COLUMN {column} TYPE uuid USING {column}::uuid;
-- lock: ACCESS EXCLUSIVE on the table while it is rewritten
-- certainty: estimated
-- parameters: tables=20
-- references: https://www.postgresql.org/docs/current/datatype-uuid.html; pg-index-health PRIMARY_KEYS_WITH_VARCHAR
WITH RECURSIVE wanted AS (
    SELECT t.oid FROM pg_catalog.pg_type AS t WHERE t.oid IN ('pg_catalog.varchar'::regtype, 'pg_catalog.bpchar'::regtype)
),
-- with: tables,
-- with: typed-columns,
found AS (
    SELECT c.oid, c.relname, c.namespace, c.nspname, c.object, c.attnum, c.quoted,
           coalesce(c.held, CASE WHEN c.atthasdef THEN 'its default' END) AS held,
           'uuid' AS there, c.quoted || '::uuid' AS there_value, named.back, format('%s::%s', c.quoted, named.back) AS back_value
    FROM typed_columns AS c
    CROSS JOIN LATERAL (
        SELECT format('%s(%s)', CASE c.base WHEN 'pg_catalog.bpchar'::regtype THEN 'char' ELSE 'varchar' END, c.modifier - 4) AS back
    ) AS named
    WHERE c.modifier - 4 IN (32, 36, 38)
      AND (c.attname ~ '(^|_)u?u?id$|[a-z]U?u?(Id|ID)$'
           OR EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'p' AND c.attnum = ANY (k.conkey)))
),
-- with: retyped
SELECT t.* FROM told AS t ORDER BY 1
