-- runs: outside
-- limits: watch=0 kept=0
-- expects: watch lab_left
-- expects: info lab_never | never read
SELECT pg_create_physical_replication_slot('lab_left', true);
SELECT pg_create_physical_replication_slot('lab_never');
-- good: it ends with its session
SELECT pg_create_physical_replication_slot('lab_passing', true, true);
