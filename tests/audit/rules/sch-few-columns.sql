-- expects: info lab | 3 tables
CREATE SCHEMA lab;
CREATE TABLE lab.none ();
CREATE TABLE lab."Mixed ""Case" (a int);
CREATE TABLE lab.left_over (a int, b int);
ALTER TABLE lab.left_over DROP COLUMN b;
-- good
CREATE SCHEMA lab_good;
CREATE TABLE lab_good.t (a int, b int);
CREATE VIEW lab_good.v AS SELECT 1 AS one;
