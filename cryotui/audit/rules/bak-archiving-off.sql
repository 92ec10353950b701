-- title: WAL is not archived
-- severity: watch
-- group: backup
-- kind: setting
-- about: The primary archives no WAL: archive_mode is off, or neither archive_command nor archive_library is set; and nothing
--   that receives WAL to keep it is connected. Bad where archive_mode is on without a command, since WAL then stays and fills the
--   disk; watch on a platform that may keep it in its own way. Information only on a server that holds no table and no
--   second database yet.
-- why: No point-in-time recovery from here: a restore goes back to the last backup or dump, and what was written since is lost.
--   A standby is no help against a mistake, it repeats a DROP TABLE at once.
-- detail: {seen} Set up a backup tool with its archive_command first, then archive_mode = on and a restart; without a
--   command that works WAL piles up in pg_wal. Snapshots of the disk and a platform's own backups cannot be seen from SQL.
-- lock: a restart of the server for archive_mode; a reload for archive_command
-- needs: primary
-- cost: K2
-- references: https://www.postgresql.org/docs/current/continuous-archiving.html; pgdsat 7.4
WITH own AS MATERIALIZED (
    SELECT max(s.setting) FILTER (WHERE s.name = 'archive_mode') AS mode,
           max(s.setting) FILTER (WHERE s.name = 'archive_command') AS command,
           -- from 15 on
           max(s.setting) FILTER (WHERE s.name = 'archive_library') AS module
    FROM pg_catalog.pg_settings AS s
    WHERE s.name IN ('archive_mode', 'archive_command', 'archive_library')
), receiver AS (
    SELECT count(*) FILTER (WHERE r.application_name ~* '(pg_receivewal|receive_wal|wal-g|pghoard|pgmoneta|pgrwl)') AS keepers,
           count(*) FILTER (WHERE s.slot_type IS DISTINCT FROM 'logical' AND r.application_name !~* 'basebackup') AS physical
    FROM pg_catalog.pg_stat_replication AS r
    LEFT JOIN pg_catalog.pg_replication_slots AS s ON s.active_pid = r.pid
)
SELECT 'archive_mode' AS object,
       CASE WHEN o.mode IS NULL THEN 'the settings of the archiver cannot be read' END AS unknown,
       CASE WHEN o.mode = 'off' THEN 'off' ELSE 'on, no command' END
       || CASE WHEN r.physical = 1 THEN '; 1 standby streams'
               WHEN r.physical > 1 THEN format('; %s standbys', r.physical)
               ELSE '; no WAL is kept' END AS evidence,
       CASE WHEN o.mode <> 'off' THEN 'archive_mode is on without a command, so WAL waits in pg_wal for ever.'
            WHEN r.physical > 0 THEN 'WAL goes to a standby, and nothing seen here keeps it.'
            ELSE 'Nobody receives WAL from here at this moment.' END AS seen,
       CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c
                             WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't')
             AND NOT EXISTS (SELECT FROM pg_catalog.pg_database AS d
                             WHERE NOT d.datistemplate AND d.datname NOT IN ('postgres', current_database()))
            THEN 'info'
            WHEN o.mode <> 'off' AND NOT p.known THEN 'bad' END AS severity
FROM own AS o
CROSS JOIN receiver AS r
CROSS JOIN (
    SELECT EXISTS (SELECT FROM pg_catalog.pg_roles AS p
                   WHERE p.rolname IN ('supabase_admin', 'rds_superuser', 'cloudsqlsuperuser', 'azure_pg_admin', 'neon_superuser',
                                       'alloydbsuperuser', 'doadmin')) AS known
) AS p
WHERE o.mode IS NULL
   OR (o.mode = 'off' AND r.keepers = 0)
   OR (o.mode <> 'off' AND coalesce(o.command, '') IN ('', '(disabled)') AND coalesce(o.module, '') = '')
