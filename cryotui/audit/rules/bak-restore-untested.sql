-- title: Restore is not proved
-- severity: watch
-- group: backup
-- kind: server
-- about: A server that holds tables here or other databases, and has a configured backup source. A restore is made elsewhere and
--   leaves no trace on the server it comes from, and the tools behind the sources keep no record of one: this stands until a
--   waiver with an end date says that a restore was made and compared. Could not be checked where no source is configured.
-- why: A backup that was never restored is a hope. What is missing in it (a role, a large object, a segment of WAL, the
--   key of an encryption) shows on the day it is needed.
-- evidence: no restore test on record
-- detail: Restore {backup} into a scratch server, compare the number of rows, run pg_amcheck, and note how long it took;
--   then waive this until the next one is due, in 30 to 90 days. Looked at: whether there is something to lose, and {looked}.
--   Not looked at: any record of restores outside of this server.
-- lock: no lock on this server
-- needs: primary
-- certainty: estimated
-- parameters: backup_sources
-- references: https://www.postgresql.org/docs/current/backup.html
WITH sources AS MATERIALIZED (
    SELECT s.name, s.dark, s.backup, s.finished,
           row_number() OVER (ORDER BY s.unverified IS NOT NULL, s.age NULLS LAST, s.name COLLATE "C") AS place
    FROM json_to_recordset($1::json) AS s (name text, dark text, backup text, unverified text, age float8, finished text)
)
SELECT 'server' AS object,
       coalesce((SELECT format('%s of the source %s', s.backup, s.name) || coalesce(', finished ' || s.finished || ',', '')
                 FROM sources AS s WHERE s.dark IS NULL AND s.backup IS NOT NULL ORDER BY s.place LIMIT 1),
                'the newest backup') AS backup,
       coalesce((SELECT 'the configured sources: ' || string_agg(
                            s.name || CASE WHEN s.dark IS NOT NULL THEN ' (cannot be judged: ' || s.dark || ')'
                                           WHEN s.backup IS NULL THEN ' (no usable backup)' ELSE '' END, ', '
                        ORDER BY s.name COLLATE "C")
                 FROM sources AS s), 'no source') AS looked,
       CASE WHEN NOT EXISTS (SELECT FROM sources)
            THEN 'restores are made elsewhere, and no backup source is configured from which one could be made; configure one, as '
                 'backups: {nightly: {kind: dumps, path: /srv/backups}} in config.yaml' END AS unknown,
       'setting' AS unknown_kind
WHERE EXISTS (SELECT FROM pg_catalog.pg_class AS c
              WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't')
   OR EXISTS (SELECT FROM pg_catalog.pg_database AS d
              WHERE NOT d.datistemplate AND d.datname NOT IN ('postgres', current_database()))
