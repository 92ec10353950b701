-- title: Foreign keys overlap
-- severity: info
-- group: integrity
-- kind: constraint
-- about: A foreign key that shares some of its columns, not all, with another one of the same table to the same table. Two whose
--   columns are the same are found by int-duplicate-fk.
-- why: One value has to fit both references. Where the columns of one lie within the other, every write checks both although the
--   wider one says it all; where they only cross, a row can rarely be moved to another parent in one step.
-- evidence: shares {shared}
-- detail: With {others}, to {parent}. {how} A tenant's number that is part of every key is shared on purpose.
-- lock: ACCESS EXCLUSIVE for a moment on both tables, for DROP CONSTRAINT
-- default: off
-- references: https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK;
--   pg-index-health INTERSECTED_FOREIGN_KEYS
WITH reference AS MATERIALIZED (
    SELECT c.oid, c.conrelid, c.confrelid, c.conname, c.conkey,
           ARRAY(SELECT k || ' ' || r FROM unnest(c.conkey, c.confkey) AS part (k, r)) AS pairs
    FROM pg_catalog.pg_constraint AS c
    WHERE c.contype = 'f' AND c.conparentid = 0 AND c.oid >= 16384
), crossing AS (
    SELECT a.oid, a.conrelid, a.confrelid, a.conname, a.conkey, b.conname AS other, b.conkey AS other_key,
           a.pairs <@ b.pairs OR b.pairs <@ a.pairs AS within
    FROM reference AS a
    JOIN reference AS b ON b.conrelid = a.conrelid AND b.confrelid = a.confrelid AND b.conname > a.conname
    WHERE a.conkey && b.conkey AND NOT (a.conkey @> b.conkey AND b.conkey @> a.conkey)
)
SELECT format('%I.%I %I', n.nspname, t.relname, c.conname) AS object, t.oid::bigint AS oid, n.nspname::text AS schema,
       t.relname::text AS "table", c.conname::text AS constraint, string_agg(quote_ident(c.other), ', ' ORDER BY c.other) AS others,
       format('%I.%I', pn.nspname, p.relname) AS parent,
       (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = t.oid AND a.attnum = ANY (c.conkey)
          AND EXISTS (SELECT FROM crossing AS x WHERE x.oid = c.oid AND a.attnum = ANY (x.other_key))) AS shared,
       CASE WHEN bool_or(c.within)
            THEN 'The columns of one lie within the other: where none of them is null, the narrower one adds nothing.'
            ELSE 'Look whether one row is meant to have both parents.' END AS how
FROM crossing AS c
JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid AND t.relpersistence <> 't'
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_class AS p ON p.oid = c.confrelid
JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
GROUP BY c.oid, c.conname, c.conkey, t.oid, t.relname, n.nspname, pn.nspname, p.relname
ORDER BY 1
