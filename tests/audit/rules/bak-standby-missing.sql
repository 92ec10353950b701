-- commits that wait for a standby: test_replication_rules.py; here two are expected and none is there
-- limits: standbys=2
-- expects: bad standbys | 0 of 2 stream
SELECT 1;
