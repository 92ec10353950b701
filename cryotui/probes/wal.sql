-- title: WAL written
-- about: What was written to the write-ahead log since the reset, and how often a session had to write it itself because the
--   WAL buffers were full. A standby writes none.
-- key: name
-- counters: wal_records wal_fpi wal_bytes wal_buffers_full
-- reset: stats_reset
-- units: wal_bytes=bytes stats_age=seconds
-- every: 2
SELECT 'wal' AS name,
       wal_records,
       wal_fpi,
       wal_bytes::bigint AS wal_bytes,
       wal_buffers_full,
       stats_reset,
       extract(epoch FROM clock_timestamp() - stats_reset)::float8 AS stats_age
FROM pg_stat_wal;
