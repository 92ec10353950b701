-- runs: outside
-- limits: watch=0
-- expects: watch lab_keeps
SELECT pg_create_physical_replication_slot('lab_keeps', true);
-- good: it keeps nothing
SELECT pg_create_physical_replication_slot('lab_passing', false, true);
