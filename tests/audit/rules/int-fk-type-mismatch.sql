-- expects: watch lab.narrow narrow_parent_fkey | integer to bigint
-- expects: info lab.wide wide_parent_fkey | bigint to integer
-- expects: info lab.short short_code_fkey | varchar(5) to varchar(20)
-- expects: watch lab.exact exact_n_fkey | integer to numeric
-- expects: watch lab."Mixed ""Case" "odd fk" | smallint to bigint
-- expects: watch lab.pairs pairs_a_b_fkey | integer to bigint
CREATE SCHEMA lab;
CREATE DOMAIN lab.big AS bigint;
CREATE DOMAIN lab.bigger AS lab.big;
CREATE TABLE lab.bigs (id bigint PRIMARY KEY);
CREATE TABLE lab.ints (id int PRIMARY KEY);
CREATE TABLE lab.codes (code varchar(20) PRIMARY KEY);
CREATE TABLE lab.texts (code text PRIMARY KEY);
CREATE TABLE lab.numbers (n numeric PRIMARY KEY);
CREATE TABLE lab.two (a bigint, b text, PRIMARY KEY (a, b));
CREATE TABLE lab.narrow (parent int REFERENCES lab.bigs);
CREATE TABLE lab.wide (parent bigint REFERENCES lab.ints);
CREATE TABLE lab.short (code varchar(5) REFERENCES lab.codes);
CREATE TABLE lab.exact (n int REFERENCES lab.numbers);
CREATE TABLE lab."Mixed ""Case" ("odd, column" smallint CONSTRAINT "odd fk" REFERENCES lab.bigs);
CREATE TABLE lab.pairs (a int, b text, FOREIGN KEY (a, b) REFERENCES lab.two);
-- good: the same, a domain over the same, text and varchar
CREATE TABLE lab.same (parent bigint REFERENCES lab.bigs);
CREATE TABLE lab.domain (parent lab.bigger REFERENCES lab.bigs);
CREATE TABLE lab.string (code varchar REFERENCES lab.texts);
