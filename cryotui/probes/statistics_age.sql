-- title: Age of the statistics
-- about: Since when the counters of this database count. A reset leaves its time; without one they count at least since the
--   server started, and after a crash exactly since then.
-- key: database
-- units: stats_age=seconds
-- every: 60
SELECT current_database()::text AS database, s.stats_reset,
       date_part('epoch', clock_timestamp() - coalesce(s.stats_reset, pg_postmaster_start_time())) AS stats_age
FROM pg_database d
CROSS JOIN LATERAL (SELECT pg_stat_get_db_stat_reset_time(d.oid) AS stats_reset) AS s
WHERE d.datname = current_database()
