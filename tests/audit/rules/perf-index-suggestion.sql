-- runs: outside
-- limits: rows=1000 calls=1 milliseconds=0
-- expects: info lab.t.searched
-- expects: info lab."Mixed ""Case"."K""ey"
-- expects: info lab.t.listed
-- expects: info lab.t.changed
CREATE SCHEMA lab;
CREATE EXTENSION pg_stat_statements;
CREATE TABLE lab.t (
    id int PRIMARY KEY, searched int, listed text, kind int, joined int, ranged int, indexed int, changed int, either int
);
INSERT INTO lab.t SELECT n, n, 'name ' || n, n % 3, n, n, n, n, n FROM generate_series(1, 5000) AS n;
CREATE INDEX ON lab.t (indexed);
CREATE TABLE lab."Mixed ""Case" (id int, "K""ey" int);
INSERT INTO lab."Mixed ""Case" SELECT n, n FROM generate_series(1, 5000) AS n;
CREATE TABLE lab.small (a int);
INSERT INTO lab.small SELECT generate_series(1, 100);
ANALYZE lab.t;
ANALYZE lab."Mixed ""Case";
ANALYZE lab.small;
SELECT id, count(*) FROM lab.t AS x WHERE x.searched = 7 AND x.kind = 1 GROUP BY id ORDER BY id LIMIT 5;
SELECT m."id" FROM lab."Mixed ""Case" m WHERE (m."K""ey" = 42) FOR UPDATE;
SELECT * FROM lab.t WHERE listed IN ('a', 'b', 'c') AND ranged > 5;
UPDATE lab.t SET kind = 5 WHERE changed = -1;
-- good: many rows for a value, a range, an index begins with one of them, more than one table, OR, a small table
SELECT count(*) FROM lab.t WHERE kind = 2;
SELECT count(*) FROM lab.t WHERE ranged < 7;
SELECT count(*) FROM lab.t WHERE indexed = 7 AND ranged = 7;
SELECT count(*) FROM lab.t AS a JOIN lab.small AS b ON b.a = a.kind WHERE a.joined = 7;
SELECT count(*) FROM lab.t WHERE either = 7 OR id = 7;
SELECT count(*) FROM lab.small WHERE a = 7;
-- a session hands its counters over once a second at most
SELECT pg_sleep(1.1);
SELECT 1;
-- server 14 shows its counters up to half a second late
SELECT pg_sleep(1.1);
