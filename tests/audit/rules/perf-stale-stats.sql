-- runs: outside
-- limits: hours=0 small=2000
-- expects: watch lab.grown
-- expects: info lab."Mixed ""Case"
CREATE SCHEMA lab;
CREATE TABLE lab.grown (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.grown SELECT generate_series(1, 3000);
CREATE TABLE lab."Mixed ""Case" (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab."Mixed ""Case" SELECT generate_series(1, 1000);
CREATE TABLE lab.good (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.good SELECT generate_series(1, 3000);
-- a session hands its counters over once a second at most; ANALYZE counts anew after that
SELECT pg_sleep(1.1);
ANALYZE lab.grown;
ANALYZE lab."Mixed ""Case";
UPDATE lab.grown SET a = a + 1;
UPDATE lab."Mixed ""Case" SET a = a + 1;
UPDATE lab.good SET a = a + 1;
SELECT pg_sleep(1.1);
-- good: analysed after its changes, a few changes, below its own threshold, never analysed (rules of their own)
ANALYZE lab.good;
UPDATE lab.good SET a = a + 1 WHERE a < 200;
CREATE TABLE lab.never (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.never SELECT generate_series(1, 3000);
CREATE TABLE lab.patient (a int) WITH (autovacuum_enabled = off, autovacuum_analyze_threshold = 100000);
ANALYZE lab.patient;
INSERT INTO lab.patient SELECT generate_series(1, 3000);
SELECT pg_sleep(1.1);
