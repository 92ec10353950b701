-- runs: outside
-- limits: rows=100 large=5000
-- expects: watch lab.added | none of later
-- expects: info lab."Mixed ""Case" | none of "Lat""er"
-- expects: info lab.little | never analysed
-- expects: info lab.off | none of b
-- expects: watch lab.root | none of the whole
CREATE SCHEMA lab;
CREATE TABLE lab.added (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.added SELECT generate_series(1, 6000);
ANALYZE lab.added;
ALTER TABLE lab.added ADD COLUMN later int DEFAULT 1;
CREATE TABLE lab."Mixed ""Case" (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab."Mixed ""Case" SELECT generate_series(1, 200);
ANALYZE lab."Mixed ""Case";
ALTER TABLE lab."Mixed ""Case" ADD COLUMN "Lat""er" text;
CREATE TABLE lab.little (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.little SELECT generate_series(1, 200);
CREATE TABLE lab.off (a int, b int) WITH (autovacuum_enabled = off);
ALTER TABLE lab.off ALTER COLUMN b SET STATISTICS 0;
INSERT INTO lab.off SELECT n, n FROM generate_series(1, 6000) AS n;
ANALYZE lab.off;
CREATE TABLE lab.root (a int) PARTITION BY RANGE (a);
CREATE TABLE lab.leaf PARTITION OF lab.root FOR VALUES FROM (0) TO (10000) WITH (autovacuum_enabled = off);
INSERT INTO lab.root SELECT generate_series(1, 6000);
ANALYZE lab.leaf;
-- good: analysed, few rows, empty; never analysed at all (perf-never-vacuumed)
CREATE TABLE lab.good (a int, b text) WITH (autovacuum_enabled = off);
INSERT INTO lab.good SELECT n, 'x' FROM generate_series(1, 6000) AS n;
ANALYZE lab.good;
CREATE TABLE lab.few (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.few SELECT generate_series(1, 20);
CREATE TABLE lab.empty (a int);
CREATE TABLE lab.neglected (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.neglected SELECT generate_series(1, 20000);
CREATE TABLE lab.good_root (a int) PARTITION BY RANGE (a);
CREATE TABLE lab.good_leaf PARTITION OF lab.good_root FOR VALUES FROM (0) TO (10000) WITH (autovacuum_enabled = off);
INSERT INTO lab.good_root SELECT generate_series(1, 6000);
ANALYZE lab.good_root;
