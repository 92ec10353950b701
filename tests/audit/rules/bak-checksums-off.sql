-- with and without checksums: test_replication_rules.py; here the server holds less than the limit
-- limits: holds=1000000000
CREATE SCHEMA lab;
CREATE TABLE lab.kept (a int PRIMARY KEY);
