-- title: Text with a length limit
-- severity: info
-- group: schema
-- kind: schema
-- default: off
-- about: Columns of the type varchar(n), also through a domain; one finding a schema.
-- why: A limit that nobody meant makes an INSERT fail one day. It saves no room and no time: text and varchar(n) are kept alike.
-- detail: {first_ones}. Where the limit has a reason it stays. To lift one: ALTER TABLE ... ALTER COLUMN ... TYPE text, which rewrites
--   nothing and takes ACCESS EXCLUSIVE for a moment.
-- references: https://www.postgresql.org/docs/current/datatype-character.html;
--   https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_varchar.28n.29_by_default;
--   pg-index-health COLUMNS_WITH_FIXED_LENGTH_VARCHAR
WITH RECURSIVE wanted AS (
    SELECT 'pg_catalog.varchar'::regtype::oid AS oid
),
-- with: tables,
-- with: typed-columns,
found AS (
    SELECT c.namespace, c.nspname, format('%s.%s', c.object, c.quoted) AS name FROM typed_columns AS c WHERE c.modifier > 4
),
-- with: by-schema
SELECT s.*, CASE s.number WHEN 1 THEN '1 column' ELSE s.number || ' columns' END AS evidence
FROM by_schema AS s ORDER BY 1
