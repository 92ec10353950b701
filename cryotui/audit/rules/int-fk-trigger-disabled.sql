-- title: Foreign key switched off
-- severity: bad
-- group: integrity
-- kind: constraint
-- about: A foreign key with internal triggers that are disabled, or that fire in replica sessions only: what DISABLE TRIGGER ALL
--   before a load leaves behind.
-- why: The constraint looks valid to everybody, the planner included, and checks nothing: rows that point nowhere go in, and
--   rows that are pointed to go away.
-- detail: {sides} The fix switches only these triggers on. It does not look at the rows there are: see Orphan rows.
-- shape: ALTER TABLE {table} ENABLE TRIGGER {trigger};
-- lock: SHARE ROW EXCLUSIVE on the table of each trigger, for a moment
-- references: https://www.postgresql.org/docs/current/sql-altertable.html; https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
WITH off AS MATERIALIZED (
    SELECT g.tgconstraint, g.tgrelid, g.tgname, g.tgenabled, g.tgrelid = c.conrelid AND g.tgconstrrelid = c.confrelid
               AND p.proname IN ('RI_FKey_check_ins', 'RI_FKey_check_upd') AS checks_rows
    FROM pg_catalog.pg_trigger AS g
    JOIN pg_catalog.pg_constraint AS c ON c.oid = g.tgconstraint AND c.contype = 'f'
    JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid
    WHERE g.tgisinternal AND g.tgenabled IN ('D', 'R') AND c.oid >= 16384
), told AS (
    SELECT o.tgconstraint, bool_or(o.checks_rows) AS rows_unchecked, bool_or(NOT o.checks_rows) AS deletes_unchecked,
           string_agg(format('ALTER TABLE %I.%I ENABLE TRIGGER %I;', n.nspname, t.relname, o.tgname), E'\n'
                      ORDER BY n.nspname, t.relname, o.tgname) AS fix,
           string_agg(format('ALTER TABLE %I.%I %s TRIGGER %I;', n.nspname, t.relname,
                             CASE o.tgenabled WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE REPLICA' END, o.tgname), E'\n'
                      ORDER BY n.nspname, t.relname, o.tgname) AS undo
    FROM off AS o
    JOIN pg_catalog.pg_class AS t ON t.oid = o.tgrelid AND t.relpersistence <> 't'
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    GROUP BY o.tgconstraint
)
SELECT format('%I.%I %I', n.nspname, t.relname, c.conname) AS object, c.conrelid::bigint AS oid, n.nspname::text AS schema,
       t.relname::text AS "table", c.conname::text AS constraint,
       CASE WHEN o.rows_unchecked AND o.deletes_unchecked THEN 'nothing is checked'
            WHEN o.rows_unchecked THEN 'new rows are not checked' ELSE 'deletes are not checked' END AS evidence,
       concat_ws(' ', CASE WHEN o.rows_unchecked THEN format('Rows of %I.%I may point nowhere.', n.nspname, t.relname) END,
                 CASE WHEN o.deletes_unchecked
                      THEN format('Rows of %I.%I can be deleted while they are referred to.', rn.nspname, r.relname) END) AS sides,
       o.fix, o.undo
FROM told AS o
JOIN pg_catalog.pg_constraint AS c ON c.oid = o.tgconstraint
JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid AND t.relpersistence <> 't'
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_class AS r ON r.oid = c.confrelid
JOIN pg_catalog.pg_namespace AS rn ON rn.oid = r.relnamespace
ORDER BY 1
