-- with a command and without: test_archive_rules.py; with a standby and a receiver that keeps WAL: test_replication_rules.py
-- expects: watch archive_mode | off; no WAL is kept
CREATE SCHEMA lab;
CREATE TABLE lab.kept (a int PRIMARY KEY);
