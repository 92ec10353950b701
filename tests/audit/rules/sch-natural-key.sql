-- expects: info lab | 2 tables
CREATE SCHEMA lab;
CREATE TABLE lab.countries (code text PRIMARY KEY);
CREATE TABLE lab."Mixed ""Case" (id int, name varchar(20), PRIMARY KEY (id, name));
-- good: numbers, UUIDs, a domain of one, a reference, a day of a partitioned table, no key
CREATE SCHEMA lab_good;
CREATE DOMAIN lab_good.number AS bigint;
CREATE TABLE lab_good.a (id lab_good.number PRIMARY KEY);
CREATE TABLE lab_good.b (id uuid PRIMARY KEY);
CREATE TABLE lab_good.c (country text PRIMARY KEY REFERENCES lab.countries);
CREATE TABLE lab_good.d (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE lab_good.e (name text);
