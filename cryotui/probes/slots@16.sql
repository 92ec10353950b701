WITH here AS MATERIALIZED (
  SELECT CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
              ELSE pg_current_wal_lsn() END AS lsn,
         nullif(pg_size_bytes(current_setting('max_slot_wal_keep_size')), pg_size_bytes('-1')) AS keep_limit
)
SELECT s.slot_name::text AS slot, s.slot_type, s.plugin::text AS plugin, coalesce(s.plugin::text, s.slot_type) AS kind,
       s.database::text AS database, s.temporary, s.active, s.active_pid, s.two_phase,
       pg_wal_lsn_diff(greatest(here.lsn, s.restart_lsn), s.restart_lsn)::bigint AS retained,
       pg_wal_lsn_diff(greatest(here.lsn, s.confirmed_flush_lsn), s.confirmed_flush_lsn)::bigint AS unconfirmed,
       s.safe_wal_size AS safe, here.keep_limit, s.wal_status,
       age(s.xmin) AS xmin_age, age(s.catalog_xmin) AS catalog_xmin_age,
       s.conflicting, NULL::text AS invalidation, NULL::timestamptz AS inactive_since,
       NULL::float8 AS inactive_age, NULL::boolean AS failover, NULL::boolean AS synced
FROM pg_replication_slots AS s
CROSS JOIN here
ORDER BY retained DESC NULLS LAST, s.slot_name;
