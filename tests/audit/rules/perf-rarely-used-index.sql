-- runs: outside
-- limits: mb=0 days=0
-- expects: info lab.rare | 1 scans, 3.00k writes
-- expects: info lab."Mixed ""Case" | 1 scans, 3.00k writes
CREATE SCHEMA lab;
CREATE TABLE lab.parent (id int PRIMARY KEY);
CREATE TABLE lab.t (id int PRIMARY KEY, a int, b int, c int, d int, e int REFERENCES lab.parent, f int);
INSERT INTO lab.t SELECT n, n, n, n, n, NULL, n FROM generate_series(1, 3000) AS n;
CREATE INDEX rare ON lab.t (a);
CREATE INDEX "Mixed ""Case" ON lab.t (b);
CREATE INDEX often ON lab.t (c);
CREATE UNIQUE INDEX guard ON lab.t (d);
CREATE INDEX support ON lab.t (e);
CREATE INDEX beginning ON lab.t (f);
CREATE INDEX longer ON lab.t (f, id);
CREATE INDEX never ON lab.t ((a + b));
ANALYZE lab.t;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT sum(x.id) FROM generate_series(1, 60) AS g CROSS JOIN LATERAL (SELECT * FROM lab.t WHERE c = g LIMIT 1) AS x;
SELECT id FROM lab.t WHERE b = 7;
SELECT id FROM lab.t WHERE d = 7;
SELECT id FROM lab.t WHERE e = 7;
SELECT id FROM lab.t WHERE a = 7;
-- a session hands its counters over once a second at most
SELECT pg_sleep(1.1);
SELECT 1;
-- server 14 shows its counters up to half a second late
SELECT pg_sleep(1.1);
