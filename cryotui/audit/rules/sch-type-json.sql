-- title: Column of type json
-- severity: info
-- group: schema
-- kind: columns
-- about: Columns of the type json, also through a domain. Where more than 20 tables of a
--   schema have one, they are one finding.
-- why: json keeps the text as it came and parses it again at every look; it has no equality, so DISTINCT, GROUP BY and
--   UNION fail on it, and no index for containment. jsonb has all of that.
-- detail: {columns}.{hindered} Leave it where the exact text counts: jsonb drops blanks, the order of keys and keys that come twice,
--   which the undo does not bring back.
-- shape: ALTER TABLE {table} ALTER COLUMN {column} TYPE jsonb USING {column}::jsonb;
-- lock: ACCESS EXCLUSIVE on the table while it is rewritten
-- parameters: tables=20
-- references: https://www.postgresql.org/docs/current/datatype-json.html; pg-index-health COLUMNS_WITH_JSON_TYPE
WITH RECURSIVE wanted AS (
    SELECT 'pg_catalog.json'::regtype::oid AS oid
),
-- with: tables,
-- with: typed-columns,
found AS (
    SELECT c.*, 'jsonb' AS there, format('%s::jsonb', c.quoted) AS there_value, 'json' AS back, format('%s::json', c.quoted) AS back_value
    FROM typed_columns AS c
),
-- with: retyped
SELECT t.* FROM told AS t ORDER BY 1
