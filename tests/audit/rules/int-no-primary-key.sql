-- expects: watch lab.bare | rows cannot be told apart
-- expects: watch lab.candidate | code can serve
-- expects: watch lab.with_id | column id is no key
-- expects: watch lab.root | rows cannot be told apart
-- expects: info lab.cache | rows cannot be told apart
-- expects: watch lab."Mixed ""Case" | rows cannot be told apart
-- expects: watch lab.constrained | code can serve
-- expects: watch lab.referred | code can serve
-- expects: watch lab.nullable_id | id can serve
CREATE SCHEMA lab;
CREATE TABLE lab.constrained (code text NOT NULL UNIQUE);
CREATE TABLE lab.referred (code text NOT NULL UNIQUE);
CREATE TABLE lab.referring (id int PRIMARY KEY, code text REFERENCES lab.referred (code));
CREATE TABLE lab.nullable_id (id int UNIQUE);
CREATE TABLE lab.bare (a int, b text);
CREATE TABLE lab.candidate (code text NOT NULL, b int);
CREATE UNIQUE INDEX candidate_code ON lab.candidate (code);
CREATE UNLOGGED TABLE lab.cache (a int);
CREATE TABLE lab.with_id (id int, b int UNIQUE);
CREATE TABLE lab."Mixed ""Case" (a int);
-- root and leaves are one finding
CREATE TABLE lab.root (a int) PARTITION BY RANGE (a);
CREATE TABLE lab.leaf1 PARTITION OF lab.root FOR VALUES FROM (0) TO (10);
CREATE TABLE lab.leaf2 PARTITION OF lab.root FOR VALUES FROM (10) TO (20);
-- good: a key, a partitioned table with one, what is not kept
CREATE TABLE lab.good (id int PRIMARY KEY);
CREATE TABLE lab.good_root (id int PRIMARY KEY) PARTITION BY HASH (id);
CREATE TABLE lab.good_leaf PARTITION OF lab.good_root FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TEMPORARY TABLE passing (a int);
CREATE VIEW lab.seen AS SELECT 1 AS a;
