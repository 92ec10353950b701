-- expects: info lab: customer_id | 2 types
-- expects: info lab: "ownerId" | 3 types
-- expects: info lab | 1 name
CREATE SCHEMA lab;
CREATE TABLE lab.a (id int, customer_id int, "ownerId" int, weight numeric, label varchar(10), place text);
CREATE TABLE lab.b (id uuid, customer_id int, "ownerId" uuid, weight float8, label text, place varchar(20));
CREATE TABLE lab."Mixed ""Case" (id text, customer_id bigint, "ownerId" text);
-- good: the same, a domain of it, another schema
CREATE SCHEMA lab_good;
CREATE DOMAIN lab_good.number AS int;
CREATE TABLE lab_good.a (customer_id int, order_id int);
CREATE TABLE lab_good.b (customer_id lab_good.number);
CREATE VIEW lab_good.c AS SELECT 'x'::text AS order_id;
