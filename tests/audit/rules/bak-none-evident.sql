-- what counts as a sign: test_archive_rules.py and test_replication_rules.py
-- source: nightly
-- expects: bad server | no trace of any backup
CREATE SCHEMA lab;
CREATE TABLE lab.kept (a int PRIMARY KEY);
