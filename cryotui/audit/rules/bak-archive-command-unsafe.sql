-- title: Unsafe archive_command
-- severity: bad
-- group: backup
-- kind: setting
-- about: An archive_command that throws WAL away or calls a failure a success (bad), or that copies it with cp, rsync or the
--   like and never makes sure that the copy has reached the disk (watch). Information only while archive_mode is off. Programs
--   that are not known here could not be checked.
-- why: The server removes WAL once the command says it is safe. What was only in a cache, or nowhere, is missing in the middle
--   of the restore that needs it.
-- detail: {advice} A backup tool's own command (pgBackRest, Barman, WAL-G) syncs, verifies and refuses to overwrite.
-- lock: no lock; a reload of the configuration
-- references: https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-ARCHIVING-WAL
WITH own AS MATERIALIZED (
    SELECT max(s.setting) FILTER (WHERE s.name = 'archive_mode') AS mode,
           max(btrim(s.setting, E' \t\r\n')) FILTER (WHERE s.name = 'archive_command') AS command,
           -- from 15 on; an archive module takes the place of the command
           coalesce(max(s.setting) FILTER (WHERE s.name = 'archive_library'), '') AS module
    FROM pg_catalog.pg_settings AS s
    WHERE s.name IN ('archive_mode', 'archive_command', 'archive_library')
), judged AS (
    SELECT o.*,
           CASE
               WHEN o.command ~ '^(/\S*/)?(true|:|echo|exit 0|cd|test|\[)(\s[^|&;]*)?$'
                 OR o.command ~ '^(/\S*/)?(cp|mv|rsync|scp|install|ln)\s[^<>|&;]*\s/dev/null$'
                 OR o.command ~ '^(/\S*/)?(cat|dd|gzip|bzip2|xz|zstd|lz4|pigz)\s[^|&;]*(of=|\s>\s*)/dev/null$'
               THEN 'discards'
               WHEN o.command ~ '(\|\||;)\s*(/\S*/)?(true|:|exit 0|echo\s[^|&;]*)\s*$' THEN 'hides'
               WHEN o.command ~* '\m(pgbackrest|barman-wal-archive|barman-cloud-wal-archive|wal-g|wal-e|pg_probackup|pghoard|pgmoneta)\M'
                 OR o.command ~* '\m(aws|gsutil|gcloud|az|azcopy|rclone|s3cmd|s5cmd)\s' THEN 'tool'
               WHEN o.command ~ '(^|[;&|({]\s*)(sudo\s+)?(/\S*/)?(cp|rsync|scp|mv|install|dd|cat|gzip|bzip2|xz|zstd|lz4|pigz)\s'
               THEN CASE WHEN o.command ~ '\m(sync|fsync|fdatasync)\M' THEN 'synced' ELSE 'copies' END
               ELSE 'other'
           END AS way
    FROM own AS o
    WHERE o.module = ''
)
SELECT 'archive_command' AS object,
       CASE j.way WHEN 'discards' THEN 'throws all WAL away'
                  WHEN 'hides' THEN 'calls each failure a success'
                  ELSE 'copies without a sync' END AS evidence,
       CASE j.way WHEN 'discards' THEN 'Nothing it does keeps a file, and the server is told that each is safe.'
                  WHEN 'hides' THEN 'Its last part makes the exit code 0 whatever happened before.'
                  ELSE 'The file can be lost or cut short when the machine that holds the copy crashes.' END
       || CASE WHEN j.mode = 'off' THEN ' It does nothing while archive_mode is off.' ELSE '' END AS advice,
       CASE WHEN j.mode = 'off' THEN 'info' WHEN j.way = 'copies' THEN 'watch' END AS severity,
       CASE WHEN j.command IS NULL THEN 'the command cannot be read by ' || quote_ident(current_user)
            WHEN j.way = 'other' THEN 'whether the program it calls syncs what it copies cannot be seen from SQL' END AS unknown,
       CASE WHEN j.command IS NULL THEN 'privilege' ELSE 'unmeasured' END AS unknown_kind
FROM judged AS j
WHERE j.command IS NULL
   OR (j.command NOT IN ('', '(disabled)') AND (j.way IN ('discards', 'hides', 'copies') OR (j.way = 'other' AND j.mode <> 'off')))
