-- title: Unlogged sequence
-- severity: watch
-- group: integrity
-- kind: sequence
-- about: A sequence whose changes are not written to WAL, and that does not belong to an unlogged table (bak-unlogged-table).
-- why: A crash sets it back to its beginning, and a standby that takes over has it there too. The next numbers are those of rows that
--   exist: inserts fail, or two things have one number.
-- evidence: a crash sets it back
-- detail: {use} The fix keeps its present value.
-- fix: ALTER SEQUENCE {object} SET LOGGED;
-- undo: ALTER SEQUENCE {object} SET UNLOGGED;
-- lock: ACCESS EXCLUSIVE on the sequence for a moment
-- since: 15
-- references: https://www.postgresql.org/docs/current/sql-createsequence.html; pg-index-health UNLOGGED_SEQUENCES
WITH owned AS MATERIALIZED (
    SELECT d.objid AS seq, t.relpersistence, format('%I.%I', n.nspname, t.relname) AS name
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
      AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
      AND d.objid IN (SELECT s.oid FROM pg_catalog.pg_class AS s WHERE s.relkind = 'S' AND s.relpersistence = 'u')
)
SELECT format('%I.%I', n.nspname, s.relname) AS object, 'pg_catalog.pg_class'::regclass::oid::bigint AS classid, s.oid::bigint AS objid,
       n.nspname::text AS schema, s.relname::text AS sequence,
       CASE WHEN o.name IS NULL THEN 'It belongs to no table.' ELSE format('It fills a column of %s, which is logged.', o.name) END AS use
FROM pg_catalog.pg_class AS s
JOIN pg_catalog.pg_namespace AS n ON n.oid = s.relnamespace
LEFT JOIN owned AS o ON o.seq = s.oid
WHERE s.relkind = 'S' AND s.relpersistence = 'u' AND s.oid >= 16384 AND o.relpersistence IS DISTINCT FROM 'u'
ORDER BY 1
