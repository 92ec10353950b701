-- expects: info lab | 2 tables
CREATE SCHEMA lab;
CREATE TABLE lab.t (name text, id int PRIMARY KEY);
CREATE TABLE lab."Mixed ""Case" (a int, note text, b int, PRIMARY KEY (b, a));
-- good: in another order but first, behind a column that is gone
CREATE SCHEMA lab_good;
CREATE TABLE lab_good.a (a int, b int, c int, PRIMARY KEY (b, a));
CREATE TABLE lab_good.b (gone int, id int PRIMARY KEY);
ALTER TABLE lab_good.b DROP COLUMN gone;
CREATE TABLE lab_good.c (name text);
