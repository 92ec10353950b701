-- title: Archive is behind
-- severity: watch
-- group: backup
-- kind: server
-- about: Finished WAL waits for the archiver: a file for more than five minutes (watch), or more than ten files (bad). To a role
--   without pg_monitor the number is reckoned from the WAL position and the newest archived segment.
-- why: What waits is lost with the disk of this server, and pg_wal grows meanwhile.
-- evidence: {files:count} files wait
-- detail: {words} Either each file fails (the server log says why) or the archive takes them more slowly than they are written.
-- lock: no lock
-- cost: K2
-- parameters: files=10 seconds=300
-- references: https://www.postgresql.org/docs/current/continuous-archiving.html; check_postgres archive_ready
WITH here AS MATERIALIZED (
    SELECT has_function_privilege('pg_catalog.pg_ls_archive_statusdir()', 'EXECUTE') AS may_list,
           (SELECT s.setting::bigint FROM pg_catalog.pg_settings AS s WHERE s.name = 'wal_segment_size') AS segment,
           CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_lsn() END AS lsn
), newest AS (
    SELECT CASE WHEN a.last_archived_wal ~ '^[0-9A-F]{24}($|\.[0-9A-F]{8}\.backup$)'
                THEN ('x' || lpad(substr(a.last_archived_wal, 9, 8), 16, '0'))::bit(64)::bigint * (4294967296 / h.segment)
                     + ('x' || lpad(substr(a.last_archived_wal, 17, 8), 16, '0'))::bit(64)::bigint END AS number
    FROM pg_catalog.pg_stat_archiver AS a
    CROSS JOIN here AS h
), reckoned AS (
    SELECT h.may_list,
           CASE WHEN h.lsn IS NOT NULL AND n.number IS NOT NULL
                THEN greatest(0, div(h.lsn - '0/0', h.segment) - n.number - 1)::bigint END AS files
    FROM here AS h
    CROSS JOIN newest AS n
)
SELECT 'archiver' AS object, r.files, 'Reckoned from the newest archived segment.' AS words,
       CASE WHEN r.files > $1::bigint THEN 'bad' END AS severity,
       CASE WHEN NOT r.may_list AND r.files IS NULL THEN 'which files wait for the archiver is not shown to '
                                                         || quote_ident(current_user) END AS unknown,
       CASE WHEN NOT r.may_list AND r.files IS NULL THEN format('GRANT pg_monitor TO %I;', current_user) END AS remedy,
       CASE WHEN r.may_list THEN format($question$
           SELECT w.files, CASE WHEN w.files > %1$s THEN 'bad' END AS severity,
                  format('The oldest waits since %%s s.', round(w.age)) AS words
           FROM (SELECT count(*) AS files, extract(epoch FROM clock_timestamp() - min(a.modification)) AS age
                 FROM pg_ls_archive_statusdir() AS a WHERE a.name LIKE '%%.ready') AS w
           WHERE w.files > %1$s OR w.age > %2$s
           $question$, $1::bigint, $2::float8) END AS question
FROM reckoned AS r
WHERE (current_setting('archive_mode') = 'always' OR (current_setting('archive_mode') = 'on' AND NOT pg_is_in_recovery()))
  AND (r.may_list OR r.files IS NULL OR r.files > $1::bigint)
