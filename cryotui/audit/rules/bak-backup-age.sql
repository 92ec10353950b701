-- title: Last backup is old
-- severity: bad
-- group: backup
-- kind: server
-- about: The newest base backup this primary noted in pg_wal (a backup label, kept while WAL is archived) ended 26 hours ago
--   (watch) or 36 (bad). Without a label it could not be checked: dumps, snapshots and backups made from a standby leave none.
--   Servers that hold no table and no second database are left out.
-- why: The older the backup, the more WAL a restore replays, and the more of it has to be whole.
-- evidence: last base backup {age:age} ago
-- detail: It ended {ended}. Looked at: the backup labels in pg_wal. Not looked at: whether the backup still exists or is sound,
--   dumps, snapshots, and the sources of the Backups pane, which SQL cannot see. {running}
-- lock: no lock; a base backup reads all files of the server
-- needs: primary
-- cost: K2
-- parameters: watch=93600 bad=129600
-- references: https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-BASE-BACKUP;
--   pgmonitor PGBackRestLastCompletedFull
SELECT 'server' AS object,
       CASE WHEN NOT may.list THEN 'the backup labels in pg_wal are not shown to ' || quote_ident(current_user) END AS unknown,
       CASE WHEN NOT may.list THEN format('GRANT pg_monitor TO %I;', current_user) END AS remedy,
       CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_stat_progress_basebackup AS b) THEN 'A base backup runs now.' ELSE '' END AS running,
       CASE WHEN may.list THEN format($question$
           SELECT extract(epoch FROM clock_timestamp() - newest.ended)::float8 AS age,
                  to_char(newest.ended, 'YYYY-MM-DD HH24:MI TZ') AS ended,
                  CASE WHEN newest.ended > clock_timestamp() - make_interval(secs => %2$s) THEN 'watch' END AS severity,
                  CASE WHEN newest.ended IS NULL
                       THEN 'pg_wal holds no backup label; dumps, snapshots and backups from a standby leave none, and '
                            || 'the sources of the Backups pane cannot be seen from SQL' END AS unknown,
                  'unmeasured' AS unknown_kind
           FROM (SELECT max(w.modification) AS ended FROM pg_ls_waldir() AS w WHERE w.name LIKE '%%.backup') AS newest
           WHERE newest.ended IS NULL OR newest.ended <= clock_timestamp() - make_interval(secs => %1$s)
           $question$, $1::float8, $2::float8) END AS question
FROM (SELECT has_function_privilege('pg_catalog.pg_ls_waldir()', 'EXECUTE') AS list) AS may
WHERE EXISTS (SELECT FROM pg_catalog.pg_class AS c
              WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't')
   OR EXISTS (SELECT FROM pg_catalog.pg_database AS d
              WHERE NOT d.datistemplate AND d.datname NOT IN ('postgres', current_database()))
