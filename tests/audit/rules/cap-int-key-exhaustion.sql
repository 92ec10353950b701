-- expects: watch lab.given.id | 56% used, 947M left
-- expects: bad lab."Mixed ""Case"."I""d" | 92% used, 2.77k left
-- expects: bad lab.referring.wide_id | 93% used, 147M left
-- expects: bad lab.root.n | 93% used, 147M left
CREATE SCHEMA lab;
CREATE TABLE lab.given (id int PRIMARY KEY);
INSERT INTO lab.given VALUES (1), (1200000000);
-- what refers to it is widened with it
CREATE TABLE lab.child (id bigint PRIMARY KEY, given_id int REFERENCES lab.given);
CREATE DOMAIN lab.tiny AS smallint;
CREATE TABLE lab."Mixed ""Case" ("I""d" lab.tiny PRIMARY KEY);
INSERT INTO lab."Mixed ""Case" VALUES (30000);
-- the key has room, the column that refers to it has none
CREATE TABLE lab.wide (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
INSERT INTO lab.wide OVERRIDING SYSTEM VALUE VALUES (2000000000);
CREATE TABLE lab.referring (id bigint PRIMARY KEY, wide_id int REFERENCES lab.wide);
CREATE TABLE lab.root (n int PRIMARY KEY) PARTITION BY RANGE (n);
CREATE TABLE lab.leaf PARTITION OF lab.root FOR VALUES FROM (0) TO (2147483647);
INSERT INTO lab.root VALUES (2000000000);
-- good: far from it, empty, a bigint, filled by a sequence (cap-sequence-exhaustion), its values are those of another key
CREATE TABLE lab.good (id int PRIMARY KEY);
INSERT INTO lab.good VALUES (1000000);
CREATE TABLE lab.empty (id smallint PRIMARY KEY);
CREATE TABLE lab.big (id bigint PRIMARY KEY);
INSERT INTO lab.big VALUES (2000000000);
CREATE TABLE lab.counted (id serial PRIMARY KEY);
INSERT INTO lab.counted VALUES (2000000000);
CREATE TABLE lab.extension (given_id int PRIMARY KEY REFERENCES lab.given);
