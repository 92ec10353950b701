-- expects: watch session_replication_role of ROLE "Lab ""loader" | replica
-- expects: watch synchronous_commit of ROLE "Lab ""loader" | off
-- expects: info random_page_cost of ROLE "Lab ""loader" | 9
-- expects: info transform_null_equals of ROLE lab_old | on
CREATE ROLE "Lab ""loader";
ALTER ROLE "Lab ""loader" SET session_replication_role = replica;
ALTER ROLE "Lab ""loader" SET synchronous_commit = off;
ALTER ROLE "Lab ""loader" SET random_page_cost = 9;
CREATE ROLE lab_old;
ALTER ROLE lab_old SET transform_null_equals = on;
-- good: as safe as the server, a setting that changes neither, one that another rule looks at
CREATE ROLE lab_good;
ALTER ROLE lab_good SET synchronous_commit = on;
ALTER ROLE lab_good SET session_replication_role = origin;
ALTER ROLE lab_good SET work_mem = '64MB';
ALTER ROLE lab_good SET enable_seqscan = off;
ALTER ROLE lab_good SET statement_timeout = '5min';
