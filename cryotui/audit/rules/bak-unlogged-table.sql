-- title: Unlogged table
-- severity: watch
-- group: backup
-- kind: table
-- about: A table whose changes are not written to WAL; information only where it was empty when last analyzed.
-- why: A crash empties it, a standby and a restore to a point in time have it without a row, and so has a physical backup. Only
--   a dump of the primary holds its rows.
-- detail: Right for caches and queues that can be filled again. SET LOGGED rewrites the table and writes all of it to WAL.
-- fix: ALTER TABLE {object} SET LOGGED;
-- undo: ALTER TABLE {object} SET UNLOGGED;
-- lock: ACCESS EXCLUSIVE while the table is rewritten
-- references: https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-UNLOGGED
SELECT format('%I.%I', n.nspname, t.relname) AS object, t.oid::bigint AS oid, n.nspname::text AS schema,
       t.relname::text AS "table", CASE WHEN t.reltuples >= 0 THEN t.reltuples::bigint END AS rows,
       CASE WHEN t.reltuples = 0 THEN 'info' END AS severity,
       CASE WHEN t.reltuples < 0 THEN 'a crash empties it'
            WHEN t.reltuples = 0 THEN 'empty now'
            WHEN t.reltuples >= 999500 THEN format('a crash loses %sM rows', round(t.reltuples::numeric / 1000000, 1))
            WHEN t.reltuples >= 1000 THEN format('a crash loses %sk rows', round(t.reltuples::numeric / 1000))
            WHEN t.reltuples = 1 THEN 'a crash loses 1 row'
            ELSE format('a crash loses %s rows', t.reltuples) END AS evidence
FROM pg_catalog.pg_class AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
WHERE t.relpersistence = 'u' AND t.relkind = 'r' AND t.oid >= 16384
ORDER BY 1
