-- expects: watch lab.neglected | 20k rows, no vacuum, no stats
-- expects: info lab.analysed
-- limits: rows=10000
-- runs: outside
CREATE SCHEMA lab;
CREATE TABLE lab.neglected (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.neglected SELECT generate_series(1, 20000);
CREATE TABLE lab.analysed (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.analysed SELECT generate_series(1, 20000);
ANALYZE lab.analysed;
-- good: small, or cared for
CREATE TABLE lab.small (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.small SELECT generate_series(1, 500);
CREATE TABLE lab.good (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.good SELECT generate_series(1, 20000);
VACUUM (ANALYZE) lab.good;
