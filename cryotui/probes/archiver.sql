-- title: WAL archiver
-- about: Whether finished WAL segments reach the archive. waiting_segments is reckoned from the WAL position and the newest
--   archived segment: an estimate, unknown on a standby and before the first success; so is exposed, the bytes written since the
--   end of that segment. A backup label counts as the segment it is named after. The server counts what its command said:
--   a backup tool that drops WAL on purpose can make a success of a loss.
-- key: name
-- counters: archived failed
-- reset: stats_reset
-- units: exposed=bytes last_archived_age=seconds last_failed_age=seconds stats_age=seconds
-- every: 5
SELECT 'archiver' AS name,
       current_setting('archive_mode') AS archive_mode,
       current_setting('archive_mode') = 'always' OR current_setting('archive_mode') = 'on' AND NOT pg_is_in_recovery() AS archives,
       archived_count AS archived,
       failed_count AS failed,
       last_archived_wal,
       extract(epoch FROM clock_timestamp() - last_archived_time)::float8 AS last_archived_age,
       last_failed_wal,
       extract(epoch FROM clock_timestamp() - last_failed_time)::float8 AS last_failed_age,
       coalesce(last_failed_time > last_archived_time, last_failed_time IS NOT NULL) AS failing,
       CASE WHEN here.lsn IS NOT NULL AND newest.number IS NOT NULL
            THEN greatest(0, div(here.lsn - '0/0', s.segment) - newest.number - 1)::bigint
            END AS waiting_segments,
       CASE WHEN here.lsn IS NOT NULL AND newest.number IS NOT NULL
            THEN greatest(0, (here.lsn - '0/0') - (newest.number + 1) * s.segment)::bigint
            END AS exposed,
       coalesce(nullif(current_setting('archive_command'), ''),
                nullif(current_setting('archive_library', true), '')) IS NOT NULL AS command_set,
       s.segment::bigint AS segment_size,
       stats_reset,
       extract(epoch FROM clock_timestamp() - stats_reset)::float8 AS stats_age
FROM pg_stat_archiver
CROSS JOIN (SELECT pg_size_bytes(current_setting('wal_segment_size')) AS segment) s
CROSS JOIN LATERAL (
  SELECT CASE WHEN current_setting('archive_mode') IN ('on', 'always') AND NOT pg_is_in_recovery()
              THEN pg_current_wal_lsn() END AS lsn
) here
CROSS JOIN LATERAL (
  SELECT CASE WHEN last_archived_wal ~ '^[0-9A-F]{24}($|\.[0-9A-F]{8}\.backup$)'
              THEN ('x' || lpad(substr(last_archived_wal, 9, 8), 16, '0'))::bit(64)::bigint * (4294967296 / s.segment)
                   + ('x' || lpad(substr(last_archived_wal, 17, 8), 16, '0'))::bit(64)::bigint END AS number
) newest;
