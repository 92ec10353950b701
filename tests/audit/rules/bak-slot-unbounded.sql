-- expects: bad max_slot_wal_keep_size | -1, with 1 of 1 slots unread
-- badly: max_slot_wal_keep_size = -1
-- well: max_slot_wal_keep_size = 4GB
SELECT pg_create_physical_replication_slot('lab_unbounded');
-- not counted: it ends with its session
SELECT pg_create_physical_replication_slot('lab_passing', false, true);
