-- title: Table with children
-- severity: info
-- group: schema
-- kind: table
-- about: A table that others inherit from, without being partitioned.
-- why: A primary key, a unique index and a foreign key hold for the parent's own rows alone: the same key can stand in two
--   children, and nothing can refer to the rows of a child through the parent.
-- evidence: {children_said}
-- detail: {first_ones}. No SQL: a table PARTITION BY ... that takes the children with ATTACH PARTITION does the same with keys that
--   hold, where a child is told by a value; else NO INHERIT and a view with UNION ALL.
-- references: https://www.postgresql.org/docs/current/ddl-inherit.html#DDL-INHERIT-CAVEATS; pg-index-health TABLES_WITH_INHERITANCE
WITH
-- with: tables
SELECT t.object, t.oid::bigint AS oid, t.nspname::text AS schema, t.relname::text AS "table", count(*) AS number,
       count(*) || CASE count(*) WHEN 1 THEN ' child' ELSE ' children' END AS children_said,
       (array_agg(c.object ORDER BY c.object))[1:100] AS names,
       array_to_string((array_agg(c.object ORDER BY c.object))[1:3], ', ')
           || CASE WHEN count(*) > 3 THEN format(' and %s more', count(*) - 3) ELSE '' END AS first_ones
FROM tables AS t
JOIN pg_catalog.pg_inherits AS h ON h.inhparent = t.oid
JOIN tables AS c ON c.oid = h.inhrelid
WHERE t.relkind = 'r'
GROUP BY t.object, t.oid, t.nspname, t.relname
ORDER BY 1
