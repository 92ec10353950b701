-- title: WAL directory is large
-- severity: bad
-- group: backup
-- kind: server
-- about: The files of pg_wal are larger than twice max_wal_size, with wal_keep_size added.
-- why: WAL that is not removed in time fills its disk, and then the server stops. Something holds it back, or checkpoints cannot
--   keep up.
-- evidence: {size:size}, max_wal_size {allowed:size}
-- detail: {files:count} files. {cause} Never remove a file of pg_wal by hand. The free space of its disk cannot be seen from SQL.
-- lock: no lock; checkpoints remove what nobody needs any more
-- needs: role:pg_monitor
-- cost: K2
-- parameters: times=2
-- references: https://www.postgresql.org/docs/current/wal-configuration.html; check_postgres wal_files
WITH here AS MATERIALIZED (
    SELECT CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                ELSE pg_current_wal_lsn() END AS lsn,
           (SELECT s.setting::bigint * 1048576 FROM pg_catalog.pg_settings AS s WHERE s.name = 'max_wal_size') AS allowed,
           (SELECT s.setting::bigint * 1048576 FROM pg_catalog.pg_settings AS s WHERE s.name = 'wal_keep_size') AS keep
), wal AS (
    SELECT sum(w.size)::bigint AS size, count(*) AS files FROM pg_ls_waldir() AS w
), ready AS (
    SELECT count(*) AS files FROM pg_ls_archive_statusdir() AS a WHERE a.name LIKE '%.ready'
), slot AS (
    SELECT s.slot_name, pg_wal_lsn_diff(here.lsn, s.restart_lsn)::bigint AS retained
    FROM pg_catalog.pg_replication_slots AS s
    CROSS JOIN here
    WHERE s.restart_lsn IS NOT NULL
    ORDER BY s.restart_lsn
    LIMIT 1
)
SELECT 'pg_wal' AS object, w.size, w.files, here.allowed,
       CASE WHEN s.retained > w.size / 2
            THEN format('Slot %I keeps %s of it: start its reader, or drop the slot.', s.slot_name, pg_size_pretty(s.retained))
            WHEN r.files * 2 > w.files AND r.files > 10
            THEN format('%s wait for the archiver: mend archive_command.', r.files)
            WHEN here.keep > w.size / 2 THEN format('wal_keep_size asks for %s.', pg_size_pretty(here.keep))
            ELSE 'No slot, archiver or wal_keep_size holds most of it: a load was too fast for the checkpoints, which shrink it '
                 || 'again, or max_wal_size is too small for this work.' END AS cause
FROM wal AS w
CROSS JOIN here
CROSS JOIN ready AS r
LEFT JOIN slot AS s ON true
WHERE w.size > $1::float8 * here.allowed + CASE WHEN $1::float8 > 0 THEN here.keep ELSE 0 END
