-- runs: outside
-- limits: disk_gb=100 days=0 watch=1000000000 bad=0
-- expects: watch data directory
CREATE SCHEMA lab;
CREATE TABLE lab.growing (a int PRIMARY KEY, b text);
INSERT INTO lab.growing SELECT n, repeat('x', 100) FROM generate_series(1, 10000) AS n;
VACUUM (ANALYZE) lab.growing;
