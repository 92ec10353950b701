-- a standby whose replay is paused: test_replication_rules.py; here nobody receives WAL
SELECT 1;
