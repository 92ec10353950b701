-- title: Foreign key null gap
-- severity: info
-- group: integrity
-- kind: constraint
-- about: A foreign key of several columns, not MATCH FULL, of which some may be null: with one null in it a row is not checked.
--   Where all of them may be null together and never alone, MATCH FULL says so; one that is all or nothing by its other rules is
--   well as it is.
-- why: Half a reference looks like a reference. Rows with a null in one column may name a parent that never was.
-- evidence: {columns} may be null
-- detail: It refers to {parent}. When no null is meant, SET NOT NULL; when all or none may be null, make it again as MATCH FULL. Count
--   the rows first that have a null in some of the columns.
-- lock: ACCESS EXCLUSIVE for SET NOT NULL, while the table is read; SHARE ROW EXCLUSIVE on both tables for a new foreign key
-- references: https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK;
--   pg-index-health FOREIGN_KEYS_WITH_NULL_VALUES
SELECT format('%I.%I %I', n.nspname, t.relname, c.conname) AS object, t.oid::bigint AS oid, n.nspname::text AS schema,
       t.relname::text AS "table", c.conname::text AS constraint, string_agg(quote_ident(a.attname), ', ' ORDER BY k.place) AS columns,
       format('%I.%I', pn.nspname, p.relname) AS parent
FROM pg_catalog.pg_constraint AS c
JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid AND t.relpersistence <> 't'
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_class AS p ON p.oid = c.confrelid
JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS k (attnum, place)
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.attnum AND NOT a.attnotnull
WHERE c.contype = 'f' AND c.confmatchtype <> 'f' AND cardinality(c.conkey) > 1 AND c.conparentid = 0 AND c.oid >= 16384
GROUP BY c.oid, n.nspname, t.relname, t.oid, c.conname, pn.nspname, p.relname
ORDER BY 1
