-- runs: outside
-- limits: hours=0 bad=8 rows=100
-- expects: bad lab.late
-- expects: watch lab."Mixed ""Case"
CREATE SCHEMA lab;
-- their own thresholds; autovacuum of a test server does not come within its minute, and finds them freshly vacuumed
CREATE TABLE lab.late (a int) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
INSERT INTO lab.late SELECT generate_series(1, 10000);
UPDATE lab.late SET a = a + 1;
CREATE TABLE lab."Mixed ""Case" (a int) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
INSERT INTO lab."Mixed ""Case" SELECT generate_series(1, 5000);
DELETE FROM lab."Mixed ""Case";
-- good: below its threshold, autovacuum off (perf-autovacuum-disabled-table), few
CREATE TABLE lab.below (a int) WITH (autovacuum_vacuum_threshold = 100000);
INSERT INTO lab.below SELECT generate_series(1, 10000);
UPDATE lab.below SET a = a + 1;
CREATE TABLE lab.off (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.off SELECT generate_series(1, 10000);
UPDATE lab.off SET a = a + 1;
CREATE TABLE lab.few (a int);
INSERT INTO lab.few SELECT generate_series(1, 99);
DELETE FROM lab.few;
