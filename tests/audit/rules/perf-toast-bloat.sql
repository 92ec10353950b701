-- runs: outside
-- limits: gb=0.0001
-- expects: watch lab.emptied
-- expects: watch lab."Mixed ""Case"
CREATE SCHEMA lab;
CREATE SCHEMA "odd schema";
CREATE EXTENSION pgstattuple SCHEMA "odd schema";
CREATE TABLE lab.emptied (id int, long text) WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off);
ALTER TABLE lab.emptied ALTER COLUMN long SET STORAGE EXTERNAL;
INSERT INTO lab.emptied SELECT n, repeat('x', 6000) FROM generate_series(1, 200) AS n;
DELETE FROM lab.emptied WHERE id % 10 <> 0;
CREATE TABLE lab."Mixed ""Case" (id int, long text) WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off);
ALTER TABLE lab."Mixed ""Case" ALTER COLUMN long SET STORAGE EXTERNAL;
INSERT INTO lab."Mixed ""Case" SELECT n, repeat('x', 6000) FROM generate_series(1, 200) AS n;
UPDATE lab."Mixed ""Case" SET long = repeat('y', 6000);
VACUUM lab.emptied;
-- good: only grown, and short values
CREATE TABLE lab.grown (id int, long text);
ALTER TABLE lab.grown ALTER COLUMN long SET STORAGE EXTERNAL;
INSERT INTO lab.grown SELECT n, repeat('x', 6000) FROM generate_series(1, 200) AS n;
CREATE TABLE lab.short (id int, name text);
INSERT INTO lab.short SELECT n, 'name' FROM generate_series(1, 1000) AS n;
-- a session hands its counters over once a second at most
SELECT pg_sleep(1.1);
VACUUM lab."Mixed ""Case";
VACUUM lab.grown;
-- server 14 shows its counters up to half a second late
SELECT pg_sleep(1.1);
