-- limits: mb=0.05
-- expects: info lab.rare
-- expects: info lab."Mixed ""Case"
CREATE SCHEMA lab;
CREATE TABLE lab.t (id int PRIMARY KEY, a int, "B" text, c int, d int, e int);
INSERT INTO lab.t SELECT n, CASE WHEN n % 10 = 0 THEN n END, CASE WHEN n % 5 = 0 THEN n::text END, CASE WHEN n % 5 <> 0 THEN n END,
       CASE WHEN n % 10 = 0 THEN n END, CASE WHEN n % 10 = 0 THEN n END
FROM generate_series(1, 20000) AS n;
CREATE INDEX rare ON lab.t (a);
CREATE INDEX "Mixed ""Case" ON lab.t ("B");
-- good: few nulls, partial, unique, of two columns, small
CREATE INDEX filled ON lab.t (c);
CREATE INDEX partly ON lab.t (d) WHERE d IS NOT NULL;
CREATE UNIQUE INDEX guard ON lab.t (e);
CREATE INDEX two ON lab.t (a, c);
CREATE TABLE lab.small (a int);
CREATE INDEX little ON lab.small (a);
ANALYZE lab.t;
ANALYZE lab.small;
