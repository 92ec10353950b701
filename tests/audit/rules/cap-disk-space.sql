-- limits: disk_gb=0.01
-- expects: bad data directory
SELECT 1;
