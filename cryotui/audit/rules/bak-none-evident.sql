-- title: No sign of a backup
-- severity: bad
-- group: backup
-- kind: server
-- about: At this moment nothing on this primary speaks of a backup: no archiver with a command, no physical slot, no standby or
--   other receiver of WAL, no base backup under way, no session of a dump or backup tool; and no configured backup source holds a
--   usable backup. Could not be checked where no source is configured, or while one that would tell cannot be read: SQL sees
--   no dumps and no snapshots. Watch on a platform that may make its own. Servers that hold no table and no second database
--   are left out.
-- why: If there is none, one mistake or one broken disk ends the data.
-- evidence: no trace of any backup
-- detail: Looked at: the archiver, slots, receivers, base backups under way and sessions by application_name, all of them now;
--   {looked}. Not looked at, as SQL cannot see it: dumps made at other times, snapshots of the disk and {platform}.
--   If there is a backup elsewhere, configure its source, or let a waiver with an end date say so.
-- lock: no lock
-- needs: primary
-- cost: K2
-- certainty: estimated
-- parameters: backup_sources
-- references: https://www.postgresql.org/docs/current/backup.html
WITH keeper AS (
    SELECT EXISTS (SELECT FROM pg_catalog.pg_roles AS r
                   WHERE r.rolname IN ('supabase_admin', 'rds_superuser', 'cloudsqlsuperuser', 'azure_pg_admin', 'neon_superuser',
                                       'alloydbsuperuser', 'doadmin')) AS known
), platform AS (
    SELECT k.known, CASE WHEN k.known THEN 'the backups of this platform' ELSE 'backups of a platform' END AS words
    FROM keeper AS k
),
sources AS MATERIALIZED (
    SELECT count(*) AS number, count(s.backup) FILTER (WHERE s.dark IS NULL) AS usable,
           string_agg(s.name, ', ' ORDER BY s.name COLLATE "C") AS names,
           string_agg(s.name || ': ' || s.dark, '; ' ORDER BY s.name COLLATE "C") AS dark
    FROM json_to_recordset($1::json) AS s (name text, dark text, backup text)
)
SELECT 'server' AS object,
       CASE WHEN s.number = 0
            THEN format('the server shows no sign of a backup now, and no backup source is configured: dumps made at other times, '
                        'snapshots and %s cannot be seen from SQL; configure a backup source, as '
                        'backups: {nightly: {kind: dumps, path: /srv/backups}} in config.yaml', platform.words)
            ELSE 'the server shows no sign of a backup, and a source cannot be judged: ' || s.dark END AS unknown,
       CASE WHEN s.number = 0 THEN 'setting' END AS unknown_kind,
       'the configured sources, none of which holds a usable backup: ' || s.names AS looked,
       platform.words AS platform,
       CASE WHEN platform.known THEN 'watch' END AS severity
FROM platform CROSS JOIN sources AS s
WHERE s.usable = 0
  AND (EXISTS (SELECT FROM pg_catalog.pg_class AS c
               WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't')
       OR EXISTS (SELECT FROM pg_catalog.pg_database AS d
                  WHERE NOT d.datistemplate AND d.datname NOT IN ('postgres', current_database())))
  AND NOT (current_setting('archive_mode') <> 'off'
           AND EXISTS (SELECT FROM pg_catalog.pg_settings AS s
                       WHERE (s.name = 'archive_library' AND s.setting <> '')
                          OR (s.name = 'archive_command' AND s.setting !~ '^\s*((/\S*/)?(true|:)|\(disabled\))?\s*$')))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots AS s WHERE s.slot_type = 'physical')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_replication AS r
                  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots AS s
                                    WHERE s.active_pid = r.pid AND s.slot_type = 'logical'))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_basebackup AS b)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a
                  WHERE a.application_name ~* ('^(pg_dump|pg_basebackup|pg_receivewal|pgbackrest|barman|wal-?[ge]\M|'
                                               'pg_probackup|pghoard|pgmoneta|pg_back\M)'))
