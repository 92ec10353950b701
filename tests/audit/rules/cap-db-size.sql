-- limits: gb=0 watch_gb=100
-- expects: info database
CREATE SCHEMA lab;
CREATE TABLE lab."Mixed ""Case" (id int PRIMARY KEY, name text);
INSERT INTO lab."Mixed ""Case" SELECT n, 'name ' || n FROM generate_series(1, 5000) AS n;
ANALYZE lab."Mixed ""Case";
