-- runs: outside
-- limits: mb=0.1
-- expects: watch lab.emptied
-- expects: watch lab."Mixed ""Case"
CREATE SCHEMA lab;
CREATE TABLE lab.emptied (id int, name text, at timestamptz DEFAULT now()) WITH (autovacuum_enabled = off);
INSERT INTO lab.emptied SELECT n, 'name ' || n FROM generate_series(1, 10000) AS n;
DELETE FROM lab.emptied WHERE id % 10 <> 0;
CREATE TABLE lab."Mixed ""Case" (id bigint, note text) WITH (autovacuum_enabled = off);
INSERT INTO lab."Mixed ""Case" SELECT n, repeat('x', 100) FROM generate_series(1, 10000) AS n;
DELETE FROM lab."Mixed ""Case" WHERE id % 4 <> 0;
-- good: full pages, room that is kept free on purpose, mixed types, nulls, small
CREATE TABLE lab.full_pages AS SELECT n AS id, 'name ' || n AS name FROM generate_series(1, 10000) AS n;
CREATE TABLE lab.roomy (id int, note text) WITH (fillfactor = 40);
INSERT INTO lab.roomy SELECT n, repeat('x', 50) FROM generate_series(1, 10000) AS n;
CREATE TABLE lab.mixed AS
SELECT true AS a, n AS b, 'ab' AS c, n::bigint AS d, n % 2 = 0 AS e, nullif(n % 3, 0) AS f, now() AS g
FROM generate_series(1, 10000) AS n;
CREATE TABLE lab.small (a int);
INSERT INTO lab.small SELECT generate_series(1, 1000);
DELETE FROM lab.small WHERE a > 10;
-- a session hands its counters over once a second at most; ANALYZE counts anew after that
SELECT pg_sleep(1.1);
ANALYZE lab.emptied;
ANALYZE lab."Mixed ""Case";
ANALYZE lab.full_pages;
ANALYZE lab.roomy;
ANALYZE lab.mixed;
ANALYZE lab.small;
-- server 14 shows its counters up to half a second late
SELECT pg_sleep(1.1);
