-- runs: outside
-- limits: rows=1000
-- expects: watch lab.updated | 50% dead, 5.00k rows
-- expects: watch lab."Mixed ""Case"
-- expects: watch lab.patient | 40% dead, 2.00k rows
CREATE SCHEMA lab;
CREATE TABLE lab.updated (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.updated SELECT generate_series(1, 5000);
UPDATE lab.updated SET a = a + 1;
CREATE TABLE lab."Mixed ""Case" (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab."Mixed ""Case" SELECT generate_series(1, 2000);
DELETE FROM lab."Mixed ""Case";
-- autovacuum is on, and its threshold far away
CREATE TABLE lab.patient (a int) WITH (autovacuum_vacuum_threshold = 1000000);
INSERT INTO lab.patient SELECT generate_series(1, 3000);
UPDATE lab.patient SET a = a + 1 WHERE a <= 2000;
-- good: few, a small share, vacuumed
CREATE TABLE lab.few (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.few SELECT generate_series(1, 900);
DELETE FROM lab.few;
CREATE TABLE lab.small_share (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.small_share SELECT generate_series(1, 20000);
DELETE FROM lab.small_share WHERE a <= 2000;
CREATE TABLE lab.vacuumed (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.vacuumed SELECT generate_series(1, 5000);
UPDATE lab.vacuumed SET a = a + 1;
-- a session hands its counters over once a second at most
SELECT pg_sleep(1.1);
VACUUM lab.vacuumed;
-- server 14 shows its counters up to half a second late
SELECT pg_sleep(1.1);
