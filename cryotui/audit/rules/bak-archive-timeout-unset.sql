-- title: No archive_timeout
-- severity: watch
-- group: backup
-- kind: setting
-- about: WAL is archived and archive_timeout is 0. Information only where a standby or another receiver streams the WAL, or where
--   a segment is full within five minutes on the mean of what pg_stat_wal counted.
-- why: A segment goes to the archive when it is full, and on a quiet server that takes hours: that much work is lost with the
--   disk of the server, however good the archive is.
-- evidence: 0: {fill:age} of work can be lost
-- detail: On the mean since {since} a segment is full after {fill:age}. {streams} A segment that is cut short takes its whole
--   size in the archive unless it is compressed there.{from_where}
-- fix: ALTER SYSTEM SET {settable} = '5min';\nSELECT pg_reload_conf();
-- lock: no lock; a reload of the configuration
-- concurrently: yes
-- needs: primary
-- cost: K2
-- parameters: seconds=300
-- references: https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-ARCHIVE-TIMEOUT
WITH
-- with: origin,
own AS MATERIALIZED (
    SELECT max(s.setting) FILTER (WHERE s.name = 'archive_mode') AS mode,
           coalesce(max(s.setting) FILTER (WHERE s.name IN ('archive_command', 'archive_library')
                                             AND s.setting NOT IN ('', '(disabled)')), '') AS command,
           max(s.setting) FILTER (WHERE s.name = 'archive_timeout') AS timeout,
           max(s.setting::bigint) FILTER (WHERE s.name = 'wal_segment_size') AS segment
    FROM pg_catalog.pg_settings AS s
    WHERE s.name IN ('archive_mode', 'archive_command', 'archive_library', 'archive_timeout', 'wal_segment_size')
), pace AS (
    SELECT o.*, w.stats_reset,
           (o.segment * extract(epoch FROM clock_timestamp() - w.stats_reset) / nullif(w.wal_bytes, 0))::float8 AS fill
    FROM own AS o
    CROSS JOIN pg_catalog.pg_stat_wal AS w
), receiver AS (
    SELECT count(*) AS streams
    FROM pg_catalog.pg_stat_replication AS r
    LEFT JOIN pg_catalog.pg_replication_slots AS s ON s.active_pid = r.pid
    WHERE s.slot_type IS DISTINCT FROM 'logical' AND r.application_name !~* 'basebackup'
)
SELECT o.name AS object, o.settable, o.back || E'\nSELECT pg_reload_conf();' AS undo, o.from_where, p.fill, to_char(p.stats_reset, 'YYYY-MM-DD HH24:MI') AS since,
       CASE WHEN p.fill IS NULL THEN '0: the newest work waits here' END AS evidence,
       CASE WHEN r.streams > 0 THEN format('%s receive WAL as it is written.', r.streams)
            ELSE 'Nobody receives WAL as it is written.' END AS streams,
       CASE WHEN r.streams > 0 OR p.fill < $1::float8 THEN 'info'
            WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c
                             WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't')
             AND NOT EXISTS (SELECT FROM pg_catalog.pg_database AS d
                             WHERE NOT d.datistemplate AND d.datname NOT IN ('postgres', current_database()))
            THEN 'info' END AS severity
FROM pace AS p
CROSS JOIN receiver AS r
JOIN origin AS o ON o.name = 'archive_timeout'
WHERE p.mode IN ('on', 'always') AND p.command <> '' AND p.timeout = '0'
