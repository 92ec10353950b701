-- files that wait: test_archive_rules.py; here nothing is archived, so nothing waits
-- limits: files=0 seconds=0
CREATE SCHEMA lab;
