-- runs: outside
-- lacks: version
-- limits: updates=1000
-- expects: info lab.moves
CREATE SCHEMA lab;
CREATE TABLE lab.moves (id int, note text) WITH (autovacuum_enabled = off);
INSERT INTO lab.moves SELECT n, repeat('x', 100) FROM generate_series(1, 2000) AS n;
UPDATE lab.moves SET note = repeat('y', 100);
-- good: room in its pages, few updates
CREATE TABLE lab.stays (id int, note text) WITH (fillfactor = 30, autovacuum_enabled = off);
INSERT INTO lab.stays SELECT n, repeat('x', 100) FROM generate_series(1, 2000) AS n;
UPDATE lab.stays SET note = repeat('y', 100);
CREATE TABLE lab.few (id int, note text) WITH (autovacuum_enabled = off);
INSERT INTO lab.few SELECT n, repeat('x', 100) FROM generate_series(1, 500) AS n;
UPDATE lab.few SET note = repeat('y', 100);
-- a session hands its counters over once a second at most
SELECT pg_sleep(1.1);
SELECT 1;
