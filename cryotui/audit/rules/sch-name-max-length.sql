-- title: Name as long as can be
-- severity: info
-- group: schema
-- kind: schema
-- about: Names of 63 bytes, which is where PostgreSQL cuts longer ones off, or of 61 and more with letters of several bytes, which
--   are not cut in two; one finding a schema.
-- why: The name that was meant may have been longer: a migration that asks for it by its full name is answered by a notice and the
--   short one, and a second name with the same beginning is refused as taken.
-- evidence: {number:count} at the limit
-- detail: {first_ones}. Give it a shorter name with ALTER ... RENAME TO, and the migration that makes it as well. Names that PostgreSQL
--   made itself, as _fkey and _idx, are cut on purpose.
-- references: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS;
--   pg-index-health POSSIBLE_OBJECT_NAME_OVERFLOW
WITH
-- with: names,
found AS (
    -- a name with letters of several bytes is cut before the one that has no room
    SELECT n.namespace, n.nspname, n.name FROM names AS n
    WHERE octet_length(n.part::text) > current_setting('max_identifier_length')::int - CASE WHEN octet_length(n.part::text) > length(n.part::text) THEN 3 ELSE 1 END
),
-- with: by-schema
SELECT s.* FROM by_schema AS s ORDER BY 1
