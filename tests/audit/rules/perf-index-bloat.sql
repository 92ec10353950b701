-- runs: outside
-- limits: mb=0.2
-- expects: watch lab.thinned_pkey
-- expects: watch lab."Mixed ""Case"
CREATE SCHEMA lab;
CREATE TABLE lab.thinned (id int PRIMARY KEY, note text) WITH (autovacuum_enabled = off);
INSERT INTO lab.thinned SELECT n, 'some text ' || n FROM generate_series(1, 30000) AS n;
CREATE INDEX "Mixed ""Case" ON lab.thinned (note);
DELETE FROM lab.thinned WHERE id % 10 <> 0;
-- good: built at once, repeating keys that were merged, a low fill factor on purpose, small
CREATE TABLE lab.good (id int PRIMARY KEY, kind int, note text) WITH (autovacuum_enabled = off);
INSERT INTO lab.good SELECT n, n % 20, 'some text ' || n FROM generate_series(1, 30000) AS n;
CREATE INDEX repeating ON lab.good (kind);
CREATE INDEX roomy ON lab.good (note) WITH (fillfactor = 50);
CREATE TABLE lab.small (id int PRIMARY KEY);
-- a session hands its counters over once a second at most; ANALYZE counts anew after that
SELECT pg_sleep(1.1);
VACUUM (ANALYZE) lab.thinned;
VACUUM (ANALYZE) lab.good;
-- server 14 shows its counters up to half a second late
SELECT pg_sleep(1.1);
