-- title: Trigger switched off
-- severity: watch
-- group: integrity
-- kind: trigger
-- about: A trigger of a table that is disabled (watch), or fires in replica sessions only (info: usual on a subscriber). Triggers
--   of foreign keys are int-fk-trigger-disabled.
-- why: What it guards or writes (a history, a sum, a check across rows) is not guarded or written since; nothing tells whoever reads
--   the table's definition and believes it.
-- detail: {word}. It calls {function_called}. Rows that were written meanwhile went past it, and switching it on does not look at
--   them. Where it is off for good, drop it.
-- shape: ALTER TABLE {table} ENABLE TRIGGER {trigger};
-- lock: SHARE ROW EXCLUSIVE for a moment: writes wait
-- references: https://www.postgresql.org/docs/current/sql-altertable.html
SELECT format('%I.%I %I', n.nspname, t.relname, g.tgname) AS object, t.oid::bigint AS oid, n.nspname::text AS schema,
       t.relname::text AS "table", g.tgname::text AS trigger, format('%I.%I()', f.nspname, p.proname) AS function_called,
       CASE g.tgenabled WHEN 'D' THEN 'disabled' ELSE 'in replica sessions only' END AS evidence,
       CASE g.tgenabled WHEN 'D' THEN 'It fires in no session'
            ELSE 'It fires only where session_replication_role is replica, as in the workers of a subscription' END AS word,
       CASE g.tgenabled WHEN 'D' THEN NULL ELSE 'info' END AS severity,
       format('ALTER TABLE %I.%I ENABLE TRIGGER %I;', n.nspname, t.relname, g.tgname) AS fix,
       format('ALTER TABLE %I.%I %s TRIGGER %I;', n.nspname, t.relname,
              CASE g.tgenabled WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE REPLICA' END, g.tgname) AS undo
FROM pg_catalog.pg_trigger AS g
JOIN pg_catalog.pg_class AS t ON t.oid = g.tgrelid AND t.relpersistence <> 't'
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_proc AS p ON p.oid = g.tgfoid
JOIN pg_catalog.pg_namespace AS f ON f.oid = p.pronamespace
LEFT JOIN pg_catalog.pg_trigger AS up ON up.oid = g.tgparentid
WHERE (NOT g.tgisinternal OR (g.tgparentid <> 0 AND g.tgconstraint = 0)) AND g.tgenabled IN ('D', 'R') AND g.oid >= 16384
  -- before 15 a trigger that a partition has of its root counts as internal; that of the root is the finding
  AND g.tgenabled IS DISTINCT FROM up.tgenabled
ORDER BY 1
