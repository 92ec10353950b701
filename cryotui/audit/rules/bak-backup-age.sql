-- title: Last backup is old
-- severity: bad
-- group: backup
-- kind: server
-- about: The newest usable backup of a configured source was finished 26 hours ago (watch) or 36 (bad); the source's own limits
--   come first. A source without one is bad; one that cannot be read, or whose newest is unverified, could not be checked. Without
--   any source: the newest base backup that this primary noted in pg_wal (a backup label, kept while WAL is archived); without
--   a label it could not be checked either. Servers that hold no table and no second database are left out.
-- why: The older the backup, the more WAL a restore replays, and the more of it has to be whole.
-- evidence: last backup {age:age} ago
-- detail: {said} {running}
-- lock: no lock; a base backup reads all files of the server
-- needs: primary
-- cost: K2
-- parameters: watch=93600 bad=129600 backup_sources
-- references: https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-BASE-BACKUP;
--   pgmonitor PGBackRestLastCompletedFull
WITH worth AS MATERIALIZED (
    SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_stat_progress_basebackup AS b) THEN 'A base backup runs now.' ELSE '' END
           AS running
    WHERE EXISTS (SELECT FROM pg_catalog.pg_class AS c
                  WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't')
       OR EXISTS (SELECT FROM pg_catalog.pg_database AS d
                  WHERE NOT d.datistemplate AND d.datname NOT IN ('postgres', current_database()))
),
sources AS MATERIALIZED (
    SELECT s.*, coalesce(s.watch, $1::float8) AS from_watch, coalesce(s.bad, $2::float8) AS from_bad
    FROM json_to_recordset($3::json) AS s (name text, dark text, backup text, unverified text, age float8, finished text,
                                           why_none text, watch float8, bad float8)
)
SELECT s.name AS object,
       'backup source' AS kind,
       CASE WHEN s.dark IS NOT NULL THEN 'the source cannot be judged: ' || s.dark
            WHEN s.backup IS NULL THEN NULL
            WHEN s.age IS NULL THEN 'its newest backup does not say when it was finished'
            WHEN s.age < s.from_watch THEN 'its newest backup is young, and not verified: ' || s.unverified END AS unknown,
       NULL AS unknown_kind,
       NULL AS remedy,
       CASE WHEN s.backup IS NULL THEN 'no usable backup' END AS evidence,
       CASE WHEN s.backup IS NULL THEN 'bad' WHEN s.age < s.from_bad THEN 'watch' END AS severity,
       s.age,
       CASE WHEN s.backup IS NULL THEN 'This source holds no whole backup' || coalesce('; the newest: ' || s.why_none, '') || '.'
            ELSE format('The newest that nothing speaks against, %s, was finished %s. Limits here: %s h (watch), %s h (bad).',
                        s.backup, s.finished, trim_scale(round((s.from_watch / 3600)::numeric, 1)),
                        trim_scale(round((s.from_bad / 3600)::numeric, 1))) END AS said,
       w.running,
       NULL AS question
FROM sources AS s CROSS JOIN worth AS w
WHERE s.dark IS NOT NULL OR s.backup IS NULL OR s.age IS NULL OR s.age >= s.from_watch OR s.unverified IS NOT NULL
UNION ALL
SELECT 'server', 'server',
       CASE WHEN NOT may.list THEN 'the backup labels in pg_wal are not shown to ' || quote_ident(current_user) END,
       NULL,
       CASE WHEN NOT may.list THEN format('GRANT pg_monitor TO %I;', current_user) END,
       NULL, NULL, NULL, NULL, w.running,
       CASE WHEN may.list THEN format($question$
           SELECT extract(epoch FROM clock_timestamp() - newest.ended)::float8 AS age,
                  'It was a base backup and ended ' || to_char(newest.ended, 'YYYY-MM-DD HH24:MI TZ')
                  || '. Looked at: the backup labels in pg_wal. Not looked at: whether the backup still exists or is sound, dumps, '
                  || 'snapshots, and backup sources, as none is configured.' AS said,
                  CASE WHEN newest.ended > clock_timestamp() - make_interval(secs => %2$s) THEN 'watch' END AS severity,
                  CASE WHEN newest.ended IS NULL
                       THEN 'pg_wal holds no backup label; dumps, snapshots and backups from a standby leave none, and '
                            || 'no backup source is configured; configure one, as '
                            || 'backups: {nightly: {kind: dumps, path: /srv/backups}} in config.yaml' END AS unknown,
                  'setting' AS unknown_kind
           FROM (SELECT max(w.modification) AS ended FROM pg_ls_waldir() AS w WHERE w.name LIKE '%%.backup') AS newest
           WHERE newest.ended IS NULL OR newest.ended <= clock_timestamp() - make_interval(secs => %1$s)
           $question$, $1::float8, $2::float8) END
FROM (SELECT has_function_privilege('pg_catalog.pg_ls_waldir()', 'EXECUTE') AS list) AS may CROSS JOIN worth AS w
WHERE NOT EXISTS (SELECT FROM sources)
