-- runs: outside
-- lacks: version
-- limits: updates=1000
-- expects: info lab."Mixed ""Case" | 0% HOT of 2.00k
CREATE SCHEMA lab;
CREATE TABLE lab."Mixed ""Case" (id int PRIMARY KEY, "Up ""at" int, note text) WITH (fillfactor = 30, autovacuum_enabled = off);
INSERT INTO lab."Mixed ""Case" SELECT n, n, 'x' FROM generate_series(1, 2000) AS n;
CREATE INDEX ON lab."Mixed ""Case" ("Up ""at");
UPDATE lab."Mixed ""Case" SET "Up ""at" = -id;
-- good: a column without an index, no room in the page, few
CREATE TABLE lab.stays (id int PRIMARY KEY, at int, note text) WITH (fillfactor = 30, autovacuum_enabled = off);
INSERT INTO lab.stays SELECT n, n, 'x' FROM generate_series(1, 2000) AS n;
CREATE INDEX ON lab.stays (at);
UPDATE lab.stays SET note = 'y';
CREATE TABLE lab.moves (id int PRIMARY KEY, at int) WITH (autovacuum_enabled = off);
INSERT INTO lab.moves SELECT n, n FROM generate_series(1, 2000) AS n;
CREATE INDEX ON lab.moves (at);
UPDATE lab.moves SET at = -id;
CREATE TABLE lab.few (id int PRIMARY KEY, at int UNIQUE) WITH (fillfactor = 30, autovacuum_enabled = off);
INSERT INTO lab.few SELECT n, n FROM generate_series(1, 500) AS n;
UPDATE lab.few SET at = -id;
-- a session hands its counters over once a second at most
SELECT pg_sleep(1.1);
SELECT 1;
