-- title: Slots keep WAL unlimited
-- severity: watch
-- group: backup
-- kind: setting
-- about: There are replication slots and max_slot_wal_keep_size is -1. Bad when nobody reads one of them now; temporary slots
--   are not counted.
-- why: One reader that stays away fills the disk with WAL, and a server with a full disk stops: a standby takes its primary down.
-- evidence: -1, with {slots:count} of {all_slots:count} slots unread
-- detail: The limit of the fix is 16 GB, or twice what a slot keeps now; a slot that would keep more is cut off and its reader
--   needs a new copy. Choose it by the disk, which SQL cannot see: what is free there, less max_wal_size. {bounded}{from_where}
-- shape: ALTER SYSTEM SET max_slot_wal_keep_size = {size};\nSELECT pg_reload_conf();
-- lock: no lock; a reload of the configuration. The next checkpoint cuts off what keeps more
-- concurrently: yes
-- cost: K2
-- references: https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-MAX-SLOT-WAL-KEEP-SIZE
WITH
-- with: origin,
here AS MATERIALIZED (
    SELECT CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                ELSE pg_current_wal_lsn() END AS lsn
), held AS (
    SELECT count(*) AS all_slots,
           count(*) FILTER (WHERE NOT s.active AND NOT coalesce((to_jsonb(s) ->> 'synced')::boolean, false)) AS slots,
           max(pg_wal_lsn_diff(here.lsn, s.restart_lsn)) AS most
    FROM pg_catalog.pg_replication_slots AS s
    CROSS JOIN here
    WHERE NOT s.temporary
), timed AS (
    -- from 18 on
    SELECT coalesce(max(t.setting::bigint), 0) > 0 AS out FROM pg_catalog.pg_settings AS t WHERE t.name = 'idle_replication_slot_timeout'
)
SELECT k.name AS object, o.from_where, h.slots, h.all_slots,
       CASE WHEN t.out THEN 'idle_replication_slot_timeout ends one that nobody reads.' ELSE '' END AS bounded,
       CASE WHEN h.slots > 0 AND NOT t.out THEN 'bad' END AS severity,
       CASE WHEN o.settable IS NOT NULL
            THEN format(E'ALTER SYSTEM SET %I = ''%sGB'';\nSELECT pg_reload_conf();', k.name,
                        greatest(16, ceil(2 * coalesce(h.most, 0) / 1073741824))::bigint) END AS fix,
       o.back || E'\nSELECT pg_reload_conf();' AS undo
FROM pg_catalog.pg_settings AS k
JOIN origin AS o ON o.name = k.name
CROSS JOIN held AS h
CROSS JOIN timed AS t
WHERE k.name = 'max_slot_wal_keep_size' AND k.setting = '-1' AND h.all_slots > 0
