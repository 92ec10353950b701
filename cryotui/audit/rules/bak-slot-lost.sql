-- title: Slot is lost
-- severity: bad
-- group: backup
-- kind: slot
-- about: A replication slot that is cut off from WAL it needs or about to be (wal_status lost or unreserved), or that the
--   server gave up (from 16 on conflicting, from 17 on with a reason).
-- why: Its standby or subscriber can never catch up from here; it serves old rows until it is copied anew.
-- evidence: {state}
-- detail: A {kind} slot. {advice}
-- shape: SELECT pg_drop_replication_slot({slot});
-- lock: no lock
-- cost: K2
-- references: https://www.postgresql.org/docs/current/view-pg-replication-slots.html
WITH slot AS (
    SELECT s.slot_name, s.active, s.wal_status, coalesce(s.plugin::text, s.slot_type) AS kind,
           -- conflicting is there from 16 on, invalidation_reason and synced from 17 on
           coalesce((to_jsonb(s) ->> 'conflicting')::boolean, false) AS conflicting,
           to_jsonb(s) ->> 'invalidation_reason' AS reason,
           coalesce((to_jsonb(s) ->> 'synced')::boolean, false) AS synced
    FROM pg_catalog.pg_replication_slots AS s
)
SELECT quote_ident(s.slot_name) AS object, s.slot_name::text AS slot, s.kind, s.wal_status,
       CASE WHEN s.reason IS NOT NULL THEN 'lost: ' || replace(s.reason, '_', ' ')
            WHEN s.wal_status = 'lost' THEN 'lost: its WAL is gone'
            WHEN s.conflicting THEN 'lost: conflicts with replay'
            ELSE 'about to lose its WAL' END AS state,
       CASE WHEN s.wal_status = 'unreserved' AND s.reason IS NULL AND NOT s.conflicting
            THEN 'The next checkpoint may remove WAL it needs: raise max_slot_wal_keep_size and let its reader catch up.'
            ELSE 'It is of no more use: its standby or subscriber needs a new copy, with a new slot.'
                 || CASE WHEN s.active THEN ' Stop its reader before the slot is dropped.' ELSE '' END END AS advice,
       CASE WHEN NOT s.active AND NOT s.synced AND (s.wal_status = 'lost' OR s.reason IS NOT NULL OR s.conflicting)
            THEN format('SELECT pg_drop_replication_slot(%L);', s.slot_name) END AS fix
FROM slot AS s
WHERE s.wal_status IN ('unreserved', 'lost') OR s.conflicting OR s.reason IS NOT NULL
ORDER BY 1
