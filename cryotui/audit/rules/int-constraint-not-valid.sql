-- title: Constraint not validated
-- severity: watch
-- group: integrity
-- kind: constraint
-- about: A constraint made NOT VALID that was never validated: it holds for new rows, the rows from before were never looked
--   at.
-- why: What everybody takes for guaranteed may be false in old rows, and the planner cannot use the constraint. A restore
--   of a dump fails when it is.
-- detail: On {holder}: {definition}. VALIDATE reads the whole table once and fails while a row breaks the constraint.
-- shape: ALTER TABLE {table} VALIDATE CONSTRAINT {constraint};\n-- or\nALTER DOMAIN {domain} VALIDATE CONSTRAINT
--   {constraint};
-- lock: SHARE UPDATE EXCLUSIVE; for a foreign key also ROW SHARE on the referenced table; reads and writes go on
-- references: https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-VALIDATE-CONSTRAINT
WITH locked AS (
    -- deparsing a check waits behind ACCESS EXCLUSIVE
    SELECT l.relation FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid()
)
SELECT format('%s %I', o.name, c.conname) AS object,
       o.schema, o."table", o.oid, o.name AS holder, o.classid, o.objid, c.conname::text AS constraint,
       CASE WHEN c.conrelid NOT IN (SELECT relation FROM locked) THEN pg_get_constraintdef(c.oid)
            ELSE 'locked now' END AS definition,
       CASE c.contype WHEN 'f' THEN format('reference to %I', r.relname)
                      WHEN 'n' THEN 'not null, old rows unchecked'
                      ELSE 'check, old rows not looked at' END AS evidence,
       format('ALTER %s %s VALIDATE CONSTRAINT %I;', o.kind, o.name, c.conname) AS fix
FROM pg_catalog.pg_constraint AS c
CROSS JOIN LATERAL (
    SELECT format('%I.%I', n.nspname, t.relname) AS name, n.nspname::text AS schema, 'TABLE' AS kind, t.relname::text AS "table",
           t.oid::bigint AS oid, 'pg_catalog.pg_class'::regclass::oid::bigint AS classid, t.oid::bigint AS objid
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE t.oid = c.conrelid AND t.relpersistence <> 't'
    UNION ALL
    SELECT format('%I.%I', n.nspname, d.typname), n.nspname::text, 'DOMAIN', NULL, NULL,
           'pg_catalog.pg_type'::regclass::oid::bigint, d.oid::bigint
    FROM pg_catalog.pg_type AS d
    JOIN pg_catalog.pg_namespace AS n ON n.oid = d.typnamespace
    WHERE d.oid = c.contypid
) AS o
LEFT JOIN pg_catalog.pg_class AS r ON r.oid = c.confrelid
WHERE NOT c.convalidated AND c.contype IN ('c', 'f', 'n') AND c.oid >= 16384
  -- the parent's validation includes partitions and children
  AND c.conparentid = 0 AND (c.conislocal OR c.coninhcount = 0)
  -- from 18 on: not enforced is another matter, it can never be validated
  AND coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)
ORDER BY 1
