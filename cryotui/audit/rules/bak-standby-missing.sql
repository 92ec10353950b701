-- title: A standby is missing
-- severity: bad
-- group: backup
-- kind: standby
-- about: Fewer synchronous standbys stream than synchronous_standby_names asks for, or fewer standbys in all than the limit says
--   (0: none is expected).
-- why: Every COMMIT waits for a synchronous standby that is not there, for ever; and without a standby a broken server is a
--   restore instead of a failover.
-- evidence: {found:count} of {wanted:count} stream
-- detail: {words}
-- shape: ALTER SYSTEM SET synchronous_standby_names = '';\nSELECT pg_reload_conf();
-- lock: no lock; a reload of the configuration lets the waiting commits go
-- concurrently: yes
-- needs: primary role:pg_read_all_stats
-- cost: K2
-- parameters: standbys=0
-- references: https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION
WITH
-- with: origin,
asked AS MATERIALIZED (
    SELECT s.setting AS names,
           CASE WHEN s.setting = '' THEN 0
                ELSE coalesce(substring(s.setting FROM '(?i)^\s*(?:first|any)?\s*([0-9]+)\s*\(')::bigint, 1) END AS wanted,
           current_setting('synchronous_commit') IN ('off', 'local') AS nobody_waits
    FROM pg_catalog.pg_settings AS s
    WHERE s.name = 'synchronous_standby_names'
), streaming AS (
    SELECT count(*) FILTER (WHERE s.slot_type IS DISTINCT FROM 'logical' AND r.replay_lsn IS NOT NULL) AS standbys,
           count(*) FILTER (WHERE r.sync_state IN ('sync', 'quorum')) AS synchronous
    FROM pg_catalog.pg_stat_replication AS r
    LEFT JOIN pg_catalog.pg_replication_slots AS s ON s.active_pid = r.pid
    WHERE r.state = 'streaming'
)
SELECT 'synchronous_standby_names' AS object, t.synchronous AS found, a.wanted,
       CASE WHEN a.nobody_waits THEN 'synchronous_commit is ' || current_setting('synchronous_commit')
                                     || ': only sessions that set it higher wait.'
            ELSE 'Commits are made here and do not return to the client.' END
       || CASE WHEN o.settable IS NULL THEN ' Start the standby.' || o.from_where
               ELSE ' Start the standby. The fix lets the commits go and gives up that they are safe in two places.' END AS words,
       CASE WHEN a.nobody_waits THEN 'watch' END AS severity,
       CASE WHEN o.settable IS NOT NULL THEN E'ALTER SYSTEM SET synchronous_standby_names = \'\';\nSELECT pg_reload_conf();' END AS fix,
       o.back || E'\nSELECT pg_reload_conf();' AS undo
FROM asked AS a
CROSS JOIN streaming AS t
JOIN origin AS o ON o.name = 'synchronous_standby_names'
WHERE t.synchronous < a.wanted
UNION ALL
SELECT 'standbys', t.standbys, $1::bigint,
       'As many standbys as the limit of this rule asks for should stream from here. Start the missing one; its log says why it '
       'stopped.', NULL, NULL, NULL
FROM streaming AS t
WHERE t.standbys < $1::bigint
