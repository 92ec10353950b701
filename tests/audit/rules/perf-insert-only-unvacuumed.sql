-- runs: outside
-- limits: hours=0 rows=1000
-- expects: info lab.log
-- expects: info lab."Mixed ""Case"
CREATE SCHEMA lab;
CREATE TABLE lab.log (a int) WITH (autovacuum_enabled = off);
CREATE TABLE lab."Mixed ""Case" (a int) WITH (autovacuum_vacuum_insert_threshold = -1);
CREATE TABLE lab.roomy (a int) WITH (autovacuum_vacuum_insert_threshold = 100000);
CREATE TABLE lab.cared (a int);
CREATE TABLE lab.never (a int) WITH (autovacuum_enabled = off);
VACUUM lab.log;
VACUUM lab."Mixed ""Case";
VACUUM lab.roomy;
INSERT INTO lab.log SELECT generate_series(1, 5000);
INSERT INTO lab."Mixed ""Case" SELECT generate_series(1, 5000);
INSERT INTO lab.roomy SELECT generate_series(1, 5000);
-- good: waits for more, vacuumed since, never vacuumed (perf-never-vacuumed)
INSERT INTO lab.cared SELECT generate_series(1, 5000);
INSERT INTO lab.never SELECT generate_series(1, 5000);
-- a session hands its counters over once a second at most
SELECT pg_sleep(1.1);
VACUUM lab.cared;
-- server 14 shows its counters up to half a second late
SELECT pg_sleep(1.1);
