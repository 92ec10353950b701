-- expects: info lab | 3 columns
-- expects: info lab_root | 2 columns
-- expects: info lab_many | 11 columns
CREATE SCHEMA lab;
CREATE TABLE lab.t (id serial PRIMARY KEY, note text);
INSERT INTO lab.t (note) VALUES ('one'), ('two');
CREATE TABLE lab."Mixed ""Case" ("Odd ""Name" bigserial PRIMARY KEY, small smallserial);
-- no fix: a partitioned table, and a sequence that another table takes from as well
CREATE SCHEMA lab_root;
CREATE TABLE lab_root.root (id serial, day date) PARTITION BY RANGE (day);
CREATE TABLE lab_root.leaf PARTITION OF lab_root.root DEFAULT;
CREATE TABLE lab_root.first (id serial PRIMARY KEY);
CREATE TABLE lab_root.second (id int PRIMARY KEY DEFAULT nextval('lab_root.first_id_seq'));
-- no fix: too many at once
CREATE SCHEMA lab_many;
CREATE TABLE lab_many.a (a serial, b serial, c serial, d serial, e serial, f serial);
CREATE TABLE lab_many.b (a serial, b serial, c serial, d serial, e serial);
-- good: an identity, a sequence that nobody owns, an owned one that is no default
CREATE SCHEMA lab_good;
CREATE TABLE lab_good.t (id int GENERATED ALWAYS AS IDENTITY);
CREATE SEQUENCE lab_good.free;
CREATE TABLE lab_good.u (id int DEFAULT nextval('lab_good.free'), n int);
CREATE SEQUENCE lab_good.kept OWNED BY lab_good.u.n;
