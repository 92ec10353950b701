-- runs: outside
-- limits: mb=0 days=0
-- expects: info lab.log
-- expects: info lab."Mixed ""Case" | 3 written, none read
-- expects: info lab.root | 2 written, none read
CREATE SCHEMA lab;
CREATE TABLE lab.log (at timestamptz, what text);
INSERT INTO lab.log SELECT now(), 'row ' || n FROM generate_series(1, 500) AS n;
CREATE TABLE lab."Mixed ""Case" (a int PRIMARY KEY);
INSERT INTO lab."Mixed ""Case" VALUES (1), (2), (3);
CREATE TABLE lab.root (n int) PARTITION BY RANGE (n);
CREATE TABLE lab.leaf1 PARTITION OF lab.root FOR VALUES FROM (0) TO (10);
CREATE TABLE lab.leaf2 PARTITION OF lab.root FOR VALUES FROM (10) TO (20);
INSERT INTO lab.root VALUES (5), (15);
-- good: read as a whole, read by its index, one partition read, never written
CREATE TABLE lab.read (a int);
INSERT INTO lab.read VALUES (1);
SELECT a FROM lab.read;
CREATE TABLE lab.by_key (a int PRIMARY KEY);
INSERT INTO lab.by_key VALUES (1);
SET enable_seqscan = off;
SELECT a FROM lab.by_key WHERE a = 1;
CREATE TABLE lab.used_root (n int) PARTITION BY RANGE (n);
CREATE TABLE lab.used_leaf PARTITION OF lab.used_root FOR VALUES FROM (0) TO (10);
CREATE TABLE lab.old_leaf PARTITION OF lab.used_root FOR VALUES FROM (10) TO (20);
INSERT INTO lab.used_root VALUES (5), (15);
SELECT n FROM lab.used_leaf;
CREATE TABLE lab.empty (a int);
-- a session hands its counters over once a second at most
SELECT pg_sleep(1.1);
SELECT 1;
-- server 14 shows its counters up to half a second late
SELECT pg_sleep(1.1);
