-- slots that are cut off, and that conflict: test_replication_rules.py; here is one that has all its WAL
SELECT pg_create_physical_replication_slot('lab_sound', true, true);
