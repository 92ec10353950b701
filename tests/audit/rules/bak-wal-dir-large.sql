-- limits: times=0
-- expects: bad pg_wal
SELECT 1;
