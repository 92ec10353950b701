-- title: Cache misses
-- severity: info
-- group: performance
-- kind: setting
-- about: Less than 95% of the pages that this database asked for were in shared_buffers, of a million or more since the counters
--   began. It is an average over all of that time, and the cache of the operating system is not seen.
-- why: A page that is not in shared_buffers is read from the system, in the worst case from disk.
-- evidence: {share:percent} found in memory
-- detail: {reads:count} pages were read since {since}, shared_buffers is {buffers}. Look for the tables that are read whole and the
--   statements that read most before memory is added; one nightly job can make this figure.
-- lock: none; shared_buffers needs a restart
-- cost: K2
-- certainty: counted
-- needs: setting:track_counts
-- parameters: share=0.95 pages=1000000
-- references: https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-SHARED-BUFFERS; pghero cache hit rate
SELECT 'shared_buffers' AS object, s.blks_hit::float8 / (s.blks_hit + s.blks_read) AS share, s.blks_read AS reads,
       current_setting('shared_buffers') AS buffers, coalesce(to_char(s.stats_reset, 'YYYY-MM-DD'), 'the server was made') AS since
FROM pg_catalog.pg_database AS d
JOIN pg_catalog.pg_stat_database AS s ON s.datid = d.oid
WHERE d.datname = current_database() AND s.blks_hit + s.blks_read >= greatest($2::float8, 1)
  AND s.blks_hit < $1::float8 * (s.blks_hit + s.blks_read)
