-- title: Who holds back vacuum
-- about: Everything that keeps row versions from being removed: the snapshots of sessions, prepared transactions, replication
--   slots and standbys with feedback, oldest first. The age is in transactions. catalogs_only: a slot that keeps row versions
--   of the system catalogs alone. A running VACUUM holds back no other one and is left out. Sessions of other users are
--   masked without pg_read_all_stats, and then missing here.
-- key: kind name
-- units: xmin_age=transactions transaction_age=seconds
-- needs: role:pg_read_all_stats
-- every: 5
SELECT 'session' AS kind,
       a.pid::text AS name,
       a.pid,
       a.backend_start,
       a.datname::text AS database,
       a.usename::text AS "user",
       a.application_name AS app,
       a.backend_type,
       a.state,
       greatest(age(a.backend_xid), age(a.backend_xmin)) AS xmin_age,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS transaction_age,
       false AS catalogs_only
FROM pg_stat_activity a
WHERE a.pid <> pg_backend_pid() AND a.backend_type IS DISTINCT FROM 'walsender'
  AND coalesce(a.backend_xid, a.backend_xmin) IS NOT NULL
  -- the snapshot of a running VACUUM, its workers' too, holds back no other one
  AND NOT EXISTS (SELECT FROM pg_stat_progress_vacuum v WHERE v.pid IN (a.pid, a.leader_pid))
UNION ALL
SELECT 'prepared transaction', p.gid, NULL, NULL, p.database::text, p.owner::text, NULL, NULL, NULL, age(p.transaction),
       extract(epoch FROM clock_timestamp() - p.prepared)::float8, false
FROM pg_prepared_xacts p
UNION ALL
SELECT 'slot', s.slot_name::text, s.active_pid, NULL, s.database::text, NULL, s.plugin::text, NULL,
       CASE WHEN s.active THEN 'active' ELSE 'inactive' END,
       greatest(age(s.xmin), age(s.catalog_xmin)), NULL, s.xmin IS NULL
FROM pg_replication_slots s
WHERE coalesce(s.xmin, s.catalog_xmin) IS NOT NULL
UNION ALL
SELECT 'standby', coalesce(nullif(r.application_name, ''), 'standby') || ' ' || r.pid, r.pid, r.backend_start, NULL,
       r.usename::text, r.application_name, 'walsender', r.state, age(r.backend_xmin), NULL, false
FROM pg_stat_replication r
WHERE r.backend_xmin IS NOT NULL
ORDER BY xmin_age DESC NULLS LAST
LIMIT 50;
