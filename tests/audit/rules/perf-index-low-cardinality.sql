-- limits: mb=0.05
-- expects: info lab.half | 2 values, most 50%
-- expects: info lab."Mixed ""Case" | 2 values, most 95%
-- expects: info lab.led
CREATE SCHEMA lab;
CREATE TABLE lab.states (id int PRIMARY KEY);
INSERT INTO lab.states VALUES (1), (2);
CREATE TABLE lab.t (id int PRIMARY KEY, done bool, "Rare ""one" text, name text, gaps bool, state int REFERENCES lab.states);
INSERT INTO lab.t SELECT n, n % 2 = 0, CASE WHEN n % 20 = 0 THEN 'rare' ELSE 'usual' END, 'name ' || n,
       CASE WHEN n % 10 = 0 THEN true END, 1 + n % 2
FROM generate_series(1, 20000) AS n;
CREATE INDEX half ON lab.t (done);
CREATE INDEX "Mixed ""Case" ON lab.t ("Rare ""one");
CREATE INDEX led ON lab.t ("Rare ""one", id);
-- good: before a sort where both values are frequent, partial, many values, mostly null, support of a foreign key, small
CREATE INDEX sorted ON lab.t (done, id);
CREATE INDEX partly ON lab.t (done) WHERE done;
CREATE INDEX names ON lab.t (name);
CREATE INDEX gap ON lab.t (gaps);
CREATE INDEX support ON lab.t (state);
CREATE TABLE lab.small (a bool);
INSERT INTO lab.small VALUES (true), (false);
CREATE INDEX little ON lab.small (a);
ANALYZE lab.t;
ANALYZE lab.small;
