-- title: WAL that waits for the archiver
-- about: Finished WAL files that are marked ready and not archived yet: how many, their bytes, since when the oldest waits.
--   The server's own list: it also grows where archive_command is empty and no failure is ever counted. Timeline histories
--   and backup labels wait in the same line and count as files without bytes.
-- key: name
-- units: waiting_bytes=bytes ready_age=seconds
-- needs: role:pg_monitor
-- every: 5
-- timeout: 5
SELECT 'archive_status' AS name,
       count(*) FILTER (WHERE name LIKE '%.ready') AS waiting,
       (count(*) FILTER (WHERE name ~ '^[0-9A-F]{24}\.ready$')
        * (SELECT pg_size_bytes(current_setting('wal_segment_size'))))::bigint AS waiting_bytes,
       extract(epoch FROM clock_timestamp() - min(modification) FILTER (WHERE name LIKE '%.ready'))::float8 AS ready_age
FROM pg_ls_archive_statusdir();
