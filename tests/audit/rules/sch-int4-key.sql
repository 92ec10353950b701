-- expects: info lab.growing.id | 1.00M rows, 0.0% used
-- expects: watch lab.large.id
-- expects: watch lab."Mixed ""Case"."odd, id"
-- expects: info lab.identity.n
-- expects: watch lab.root.id
CREATE SCHEMA lab;
CREATE DOMAIN lab.number AS int;
CREATE TABLE lab.growing (id int PRIMARY KEY);
CREATE TABLE lab.refers (growing_id int REFERENCES lab.growing);
CREATE TABLE lab.large (id lab.number PRIMARY KEY);
CREATE TABLE lab."Mixed ""Case" ("odd, id" smallint PRIMARY KEY);
CREATE TABLE lab.identity (id bigint PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY);
CREATE TABLE lab.root (id int, day date, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE lab.leaf PARTITION OF lab.root DEFAULT;
-- good: small, bigint, a key of two, a key that is a reference
CREATE TABLE lab.lookup (id int PRIMARY KEY);
CREATE TABLE lab.good (id bigint PRIMARY KEY);
CREATE TABLE lab.pair (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE lab.extra (id int PRIMARY KEY REFERENCES lab.growing);
UPDATE pg_class SET reltuples = 1000000, relpages = 5000 WHERE relnamespace = 'lab'::regnamespace AND relkind = 'r' AND relname <> 'lookup';
UPDATE pg_class SET reltuples = 200000000 WHERE oid IN ('lab.large'::regclass, 'lab.leaf'::regclass);
UPDATE pg_class SET reltuples = 3000 WHERE oid = 'lab."Mixed ""Case"'::regclass;
