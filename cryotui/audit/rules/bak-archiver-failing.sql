-- title: Archiver fails
-- severity: bad
-- group: backup
-- kind: server
-- about: The archiver's newest attempt failed. Watch while the newest success is younger than five minutes, bad afterwards and
--   when there was none.
-- why: WAL does not reach the archive: no restore to a moment after the last good segment, and pg_wal grows until its disk is full.
-- evidence: no success for {quiet:age}
-- detail: {failed:count} failures since the statistics were reset, the newest {failed_age:age} ago on {last_failed_wal}. Newest in
--   the archive: {last_archived_wal}. The server log holds what the command said: run it by hand as the server's account, mend
--   it, and the archiver goes on by itself.
-- lock: no lock
-- cost: K2
-- parameters: bad=300
-- references: https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ARCHIVER-VIEW;
--   pgmonitor PGArchiveCommandStatus
SELECT 'archiver' AS object, a.failed_count AS failed, a.last_failed_wal,
       coalesce(a.last_archived_wal, 'nothing since the statistics were reset') AS last_archived_wal,
       date_part('epoch', clock_timestamp() - a.last_archived_time) AS quiet,
       date_part('epoch', clock_timestamp() - a.last_failed_time) AS failed_age,
       CASE WHEN a.last_archived_time IS NULL THEN 'never succeeded' END AS evidence,
       CASE WHEN a.last_archived_time > clock_timestamp() - make_interval(secs => $1::float8) THEN 'watch' END AS severity
FROM pg_catalog.pg_stat_archiver AS a
WHERE a.last_failed_time > coalesce(a.last_archived_time, '-infinity')
  AND (current_setting('archive_mode') = 'always' OR (current_setting('archive_mode') = 'on' AND NOT pg_is_in_recovery()))
