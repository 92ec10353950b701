-- expects: info lab | 2 tables
CREATE SCHEMA lab;
CREATE TABLE lab.t (id int PRIMARY KEY, a int, b text);
CREATE TABLE lab."Mixed ""Case" (id int PRIMARY KEY, a int);
-- good: one that is not null, one by its domain, nothing but the key, no key
CREATE SCHEMA lab_good;
CREATE DOMAIN lab_good.there AS int NOT NULL;
CREATE TABLE lab_good.a (id int PRIMARY KEY, a int NOT NULL, b text);
CREATE TABLE lab_good.b (id int PRIMARY KEY, a lab_good.there);
CREATE TABLE lab_good.c (id int PRIMARY KEY);
CREATE TABLE lab_good.d (a int, b int);
