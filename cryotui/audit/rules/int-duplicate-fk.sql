-- title: Foreign key twice
-- severity: watch
-- group: integrity
-- kind: constraint
-- about: A foreign key that another one of the same table repeats: the same columns refer to the same columns of the same table.
--   The one that does more on DELETE or UPDATE stays, then the one that is validated, then the older.
-- why: Every INSERT, UPDATE and DELETE checks both. When their actions differ, which of them acts is hard to foresee.
-- evidence: as {kept}
-- detail: {kept} refers to {parent} with the same columns and stays. {actions}
-- shape: ALTER TABLE {table} DROP CONSTRAINT {constraint};
-- lock: ACCESS EXCLUSIVE for a moment on both tables
-- references: https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK;
--   pg-index-health DUPLICATED_FOREIGN_KEYS
WITH pair AS MATERIALIZED (
    -- columns count in pairs, whatever their order
    SELECT c.oid, c.conrelid, c.confrelid, c.conname, c.convalidated, c.confdeltype, c.confupdtype, c.confmatchtype,
           (SELECT array_agg(ARRAY[k, r] ORDER BY k, r) FROM unnest(c.conkey, c.confkey) AS part (k, r)) AS columns
    FROM pg_catalog.pg_constraint AS c
    WHERE c.contype = 'f' AND c.conparentid = 0 AND c.oid >= 16384
), ranked AS (
    SELECT p.*, first_value(p.oid) OVER same AS kept
    FROM pair AS p
    WINDOW same AS (PARTITION BY p.conrelid, p.confrelid, p.columns
                    ORDER BY (p.confdeltype NOT IN ('a', 'r'))::int + (p.confupdtype NOT IN ('a', 'r'))::int DESC,
                             p.convalidated DESC, p.oid)
)
SELECT format('%I.%I %I', n.nspname, t.relname, r.conname) AS object, t.oid::bigint AS oid, n.nspname::text AS schema,
       t.relname::text AS "table", r.conname::text AS constraint, quote_ident(k.conname) AS kept,
       format('%I.%I', pn.nspname, p.relname) AS parent,
       CASE WHEN (r.confdeltype, r.confupdtype, r.confmatchtype) IS DISTINCT FROM (k.confdeltype, k.confupdtype, k.confmatchtype)
            THEN 'What they do on DELETE or UPDATE differs: read both before one goes.'
            ELSE 'They do the same on DELETE and UPDATE.' END AS actions,
       CASE WHEN (r.confdeltype, r.confupdtype, r.confmatchtype) IS NOT DISTINCT FROM (k.confdeltype, k.confupdtype, k.confmatchtype)
            THEN format('ALTER TABLE %I.%I DROP CONSTRAINT %I;', n.nspname, t.relname, r.conname) END AS fix,
       CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_locks AS l
                             WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid()
                               AND l.relation IN (t.oid, p.oid))
            THEN format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s;', n.nspname, t.relname, r.conname, pg_get_constraintdef(r.oid))
       END AS undo
FROM ranked AS r
JOIN pair AS k ON k.oid = r.kept
JOIN pg_catalog.pg_class AS t ON t.oid = r.conrelid AND t.relpersistence <> 't'
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_class AS p ON p.oid = r.confrelid
JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
WHERE r.kept <> r.oid
ORDER BY 1
