-- title: Column of large objects
-- severity: info
-- group: schema
-- kind: columns
-- default: off
-- about: Columns of the type oid, or lo of the extension of that name: the way a table refers to large objects. An oid may as
--   well name something in the catalogs; the values are not looked at.
-- why: A large object lives on when its row is deleted, until somebody unlinks it or runs vacuumlo; row security and the grants
--   of the table do not hold for it, and logical replication leaves it out.
-- detail: {columns}. There is no SQL: move the content to a bytea column, or to a store of files with its name here, then drop the
--   column and unlink what is left with vacuumlo.
-- certainty: estimated
-- references: https://www.postgresql.org/docs/current/largeobjects.html; https://www.postgresql.org/docs/current/vacuumlo.html;
--   pg-index-health COLUMNS_WITH_BLOB_TYPE
WITH RECURSIVE wanted AS (
    SELECT 'pg_catalog.oid'::regtype::oid AS oid
),
-- with: tables,
-- with: typed-columns
SELECT c.object, c.oid::bigint AS oid, c.nspname::text AS schema, c.relname::text AS "table",
       string_agg(c.quoted, ', ' ORDER BY c.attnum) AS evidence, string_agg(c.quoted, ', ' ORDER BY c.attnum) AS columns
FROM typed_columns AS c
GROUP BY c.object, c.oid, c.nspname, c.relname
ORDER BY 1
