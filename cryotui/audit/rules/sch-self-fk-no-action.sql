-- title: Tree that blocks DELETE
-- severity: info
-- group: schema
-- kind: constraint
-- default: off
-- about: A foreign key of a table to itself with ON DELETE NO ACTION or RESTRICT.
-- why: A row with others below it cannot be deleted; whoever cleans up has to walk the tree from its leaves.
-- evidence: {action}
-- detail: {columns} refers to the same table. Often wanted. Else add it anew with ON DELETE SET NULL, where the children stay, or
--   CASCADE, where they go with the parent.
-- references: https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK; pg-index-health SELF_REFERENCED_FOREIGN_KEYS
WITH
-- with: tables
SELECT format('%s %I', t.object, k.conname) AS object, t.oid::bigint AS oid, t.nspname::text AS schema, t.relname::text AS "table",
       k.conname::text AS "constraint",
       CASE k.confdeltype WHEN 'r' THEN 'ON DELETE RESTRICT' ELSE 'ON DELETE NO ACTION' END AS action,
       (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY part.place)
        FROM unnest(k.conkey) WITH ORDINALITY AS part (attnum, place)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = part.attnum) AS columns
FROM tables AS t
JOIN pg_catalog.pg_constraint AS k ON k.conrelid = t.oid AND k.confrelid = t.oid AND k.contype = 'f' AND k.conparentid = 0
WHERE k.confdeltype IN ('a', 'r')
ORDER BY 1
