-- expects: watch lab.neglected | ~20k rows, no vacuum or stats
-- expects: info lab.analysed | ~20k rows, never vacuumed
-- expects: info lab.filled | ~30k rows, never vacuumed
-- limits: rows=10000
-- runs: outside
CREATE SCHEMA lab;
CREATE TABLE lab.neglected (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.neglected SELECT generate_series(1, 20000);
CREATE TABLE lab.analysed (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.analysed SELECT generate_series(1, 20000);
ANALYZE lab.analysed;
-- its session reports the rows after the ANALYZE has counted them: the counter says twice as many
CREATE TABLE lab.filled (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.filled SELECT generate_series(1, 30000);
ANALYZE lab.filled;
-- good: small, or cared for
CREATE TABLE lab.small (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.small SELECT generate_series(1, 500);
CREATE TABLE lab.good (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.good SELECT generate_series(1, 20000);
VACUUM (ANALYZE) lab.good;
