-- title: Databases
-- about: Work and trouble of each database since its counters were reset: commits, rollbacks, cache, temporary files, deadlocks.
-- key: database
-- counters: commits rollbacks blocks_hit blocks_read rows_returned rows_fetched rows_inserted rows_updated rows_deleted
--   temp_files temp_bytes deadlocks conflicts sessions_begun sessions_abandoned sessions_fatal sessions_killed
-- reset: stats_reset
-- units: temp_bytes=bytes blocks_hit=blocks blocks_read=blocks xid_age=transactions multixact_age=transactions stats_age=seconds
--   rows_returned=rows rows_fetched=rows rows_inserted=rows rows_updated=rows rows_deleted=rows
-- every: 10
SELECT d.datname::text AS database,
       s.numbackends AS connections,
       s.xact_commit AS commits,
       s.xact_rollback AS rollbacks,
       s.blks_hit AS blocks_hit,
       s.blks_read AS blocks_read,
       s.tup_returned AS rows_returned,
       s.tup_fetched AS rows_fetched,
       s.tup_inserted AS rows_inserted,
       s.tup_updated AS rows_updated,
       s.tup_deleted AS rows_deleted,
       s.temp_files,
       s.temp_bytes,
       s.deadlocks,
       s.conflicts,
       s.checksum_failures,
       s.sessions AS sessions_begun,
       s.sessions_abandoned,
       s.sessions_fatal,
       s.sessions_killed,
       age(d.datfrozenxid) AS xid_age,
       mxid_age(d.datminmxid) AS multixact_age,
       d.datallowconn AS connectable,
       s.stats_reset,
       extract(epoch FROM clock_timestamp() - s.stats_reset)::float8 AS stats_age
FROM pg_database d
JOIN pg_stat_database s ON s.datid = d.oid
ORDER BY d.datname;
