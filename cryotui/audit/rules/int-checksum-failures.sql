-- title: Damaged pages were read
-- severity: bad
-- group: integrity
-- kind: database
-- about: Pages whose checksum did not match were counted since the statistics were reset, in any database of this server.
--   Where data checksums are off nothing can be counted: then the rule could not check.
-- why: A disk, controller or file system gave back other bytes than were written: rows are lost or wrong already, and more
--   are likely to follow.
-- evidence: {failures:count} damaged pages read
-- detail: Last at {last_failure}. Find the relation in the server log, restore it from a backup onto sound storage, look at the disk;
--   no statement mends a page. Keep the statistics as evidence.
-- lock: none; nothing is changed
-- cost: K2
-- certainty: counted
-- references: https://www.postgresql.org/docs/current/checksums.html;
--   https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW
SELECT coalesce(quote_ident(s.datname), 'objects shared by all databases') AS object, s.datname::text AS database,
       s.checksum_failures AS failures,
       coalesce(to_char(s.checksum_last_failure, 'YYYY-MM-DD HH24:MI TZ'), 'an unknown time') AS last_failure,
       NULL::text AS unknown, NULL::text AS unknown_kind
FROM pg_catalog.pg_stat_database AS s
WHERE s.checksum_failures > 0
UNION ALL
SELECT quote_ident(current_database()), current_database()::text, NULL, NULL,
       'data checksums are off, so damage on disk is not noticed; pg_checksums --enable turns them on while the server is down',
       'setting'
WHERE current_setting('data_checksums') = 'off'
