-- expects: info lab.cities | 2 children
-- expects: info lab."Mixed ""Case" | 1 child
CREATE SCHEMA lab;
CREATE TABLE lab.cities (id int PRIMARY KEY, name text);
CREATE TABLE lab.capitals (state text) INHERITS (lab.cities);
CREATE TABLE lab."Mixed ""Case" () INHERITS (lab.cities);
CREATE TABLE lab.last () INHERITS (lab."Mixed ""Case");
-- good
CREATE TABLE lab.root (day date) PARTITION BY RANGE (day);
CREATE TABLE lab.leaf PARTITION OF lab.root DEFAULT;
