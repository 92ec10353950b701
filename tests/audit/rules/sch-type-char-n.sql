-- expects: info lab.codes | country, "Odd ""Name"
-- expects: info lab.through | code
CREATE SCHEMA lab;
CREATE DOMAIN lab.code AS char(3);
CREATE TABLE lab.codes (id int PRIMARY KEY, country char(2) DEFAULT 'de', "Odd ""Name" char);
INSERT INTO lab.codes VALUES (1, 'fr', 'x');
CREATE TABLE lab.through (code lab.code);
-- good: char without a length in brackets is char(1), bpchar and "char" have no padding
CREATE TABLE lab.good (a varchar(2), b text, c bpchar, d "char");
