-- an archiver that fails: test_archive_rules.py; here nothing is archived, so nothing fails
CREATE SCHEMA lab;
