-- title: Column of type char(n)
-- severity: info
-- group: schema
-- kind: columns
-- about: Columns of the type character(n), of any length, also through a domain. Where more than 20 tables of a
--   schema have one, they are one finding.
-- why: Every value is padded with blanks to the full length, which takes room and no time off; comparisons ignore the blanks,
--   LIKE and regular expressions do not, so the same value is found one way and not the other.
-- detail: {columns}.{hindered} The fix keeps the length and drops the blanks. Codes that always have this length may stay.
-- shape: ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar({n}) USING {column}::varchar({n});
-- lock: ACCESS EXCLUSIVE on the table while it is rewritten
-- parameters: tables=20
-- references: https://www.postgresql.org/docs/current/datatype-character.html;
--   https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_char.28n.29; pg-index-health COLUMNS_WITH_CHAR_TYPE
WITH RECURSIVE wanted AS (
    SELECT 'pg_catalog.bpchar'::regtype::oid AS oid
),
-- with: tables,
-- with: typed-columns,
found AS (
    SELECT c.*, named.there, format('%s::%s', c.quoted, named.there) AS there_value,
           named.back, format('%s::%s', c.quoted, named.back) AS back_value
    FROM typed_columns AS c
    CROSS JOIN LATERAL (SELECT format('varchar(%s)', c.modifier - 4) AS there, format('char(%s)', c.modifier - 4) AS back) AS named
    WHERE c.modifier > 4
),
-- with: retyped
SELECT t.* FROM told AS t ORDER BY 1
