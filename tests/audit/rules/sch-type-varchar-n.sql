-- expects: info lab | 3 columns
-- expects: info "Mixed ""Case" | 1 column
CREATE SCHEMA lab;
CREATE SCHEMA "Mixed ""Case";
CREATE DOMAIN lab.short AS varchar(10);
CREATE TABLE lab.people (id int PRIMARY KEY, name varchar(255), mail varchar(100), nick lab.short, note varchar, more text);
CREATE TABLE "Mixed ""Case".t (a varchar(5));
-- good
CREATE SCHEMA lab_good;
CREATE TABLE lab_good.t (a varchar, b text, c char(3));
