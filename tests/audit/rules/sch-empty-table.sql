-- expects: info lab | 3 of 5 tables
CREATE SCHEMA lab;
CREATE TABLE lab.none (a int);
CREATE TABLE lab."Mixed ""Case" (a text);
CREATE TABLE lab.bare (day date) PARTITION BY RANGE (day);
CREATE TABLE lab.bare_leaf PARTITION OF lab.bare DEFAULT;
-- good: rows that nothing has counted yet, rows in a partition
CREATE TABLE lab.good (a int);
INSERT INTO lab.good VALUES (1);
CREATE TABLE lab.root (day date) PARTITION BY RANGE (day);
CREATE TABLE lab.leaf PARTITION OF lab.root DEFAULT;
INSERT INTO lab.root VALUES ('2026-01-01');
