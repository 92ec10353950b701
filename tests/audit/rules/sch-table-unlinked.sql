-- expects: info lab | 1 of 3 tables
-- expects: info "Mixed ""Case" | 1 of 1 tables
CREATE SCHEMA lab;
CREATE TABLE lab.parents (id int PRIMARY KEY);
CREATE TABLE lab.children (id int REFERENCES lab.parents);
CREATE TABLE lab.alone (id int);
CREATE SCHEMA "Mixed ""Case";
CREATE TABLE "Mixed ""Case".t (a int);
-- good
CREATE SCHEMA lab_good;
CREATE TABLE lab_good.tree (id int PRIMARY KEY, above int REFERENCES lab_good.tree);
