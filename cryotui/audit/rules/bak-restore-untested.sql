-- title: Restore is not proved
-- severity: watch
-- group: backup
-- kind: server
-- about: A server that holds tables here or other databases. A restore is made elsewhere and leaves no trace on the server it
--   comes from, so SQL cannot see one: this stands until a waiver with an end date says that a restore was made and compared.
-- why: A backup that was never restored is a hope. What is missing in it (a role, a large object, a segment of WAL, the
--   key of an encryption) shows on the day it is needed.
-- evidence: SQL sees no restore test
-- detail: Restore the newest backup into a scratch server, compare the number of rows, run pg_amcheck, and note how long it took;
--   then waive this until the next one is due, in 30 to 90 days. Looked at: whether there is something to lose. Not looked at:
--   the sources of the Backups pane and any record of restores outside of this server.
-- lock: no lock on this server
-- needs: primary
-- certainty: estimated
-- references: https://www.postgresql.org/docs/current/backup.html
SELECT 'server' AS object
WHERE EXISTS (SELECT FROM pg_catalog.pg_class AS c
              WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't')
   OR EXISTS (SELECT FROM pg_catalog.pg_database AS d
              WHERE NOT d.datistemplate AND d.datname NOT IN ('postgres', current_database()))
