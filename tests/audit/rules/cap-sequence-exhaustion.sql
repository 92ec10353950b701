-- expects: bad lab.narrow_id_seq | 93% used, 147M left
-- expects: watch lab.hidden_limit | 75% used, 25k left
-- expects: watch lab.downwards | 80% used, 20 left
-- expects: bad lab.shared | 92% used, 2.77k left
-- expects: bad lab.identity_id_seq | 95% used, 1.77k left
CREATE SCHEMA lab;
-- the sequence is a bigint and looks empty, its column is an integer and nearly full
CREATE TABLE lab.narrow (id int PRIMARY KEY);
CREATE SEQUENCE lab.narrow_id_seq OWNED BY lab.narrow.id;
ALTER TABLE lab.narrow ALTER COLUMN id SET DEFAULT nextval('lab.narrow_id_seq');
SELECT setval('lab.narrow_id_seq', 2000000000);
CREATE SEQUENCE lab.hidden_limit MAXVALUE 100000;
SELECT setval('lab.hidden_limit', 75000);
CREATE SEQUENCE lab.downwards INCREMENT -1 MINVALUE -100 MAXVALUE -1;
SELECT setval('lab.downwards', -80);
-- two columns: the narrower counts
CREATE DOMAIN lab.tiny AS smallint;
CREATE SEQUENCE lab.shared;
CREATE TABLE lab.wide (id bigint DEFAULT nextval('lab.shared'));
CREATE TABLE lab.small (id lab.tiny DEFAULT nextval('lab.shared'));
SELECT setval('lab.shared', 30000);
CREATE TABLE lab."identity" (id smallint GENERATED ALWAYS AS IDENTITY);
SELECT setval('lab.identity_id_seq', 31000);
-- good: fresh, never used, in a circle, a bigint with room
CREATE TABLE lab.fresh (id serial);
SELECT setval('lab.fresh_id_seq', 1000000);
CREATE SEQUENCE lab.unused MAXVALUE 2;
CREATE SEQUENCE lab.around MAXVALUE 10 CYCLE;
SELECT setval('lab.around', 10);
CREATE TABLE lab.roomy (id bigserial);
SELECT setval('lab.roomy_id_seq', 3000000000);
CREATE SEQUENCE lab.own_start START 900 MINVALUE 1 MAXVALUE 100000;
SELECT nextval('lab.own_start');
