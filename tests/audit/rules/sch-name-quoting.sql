-- expects: info lab | 1 table, 2 columns, 2 types
-- expects: info "Mixed ""Case" | 1 table, 1 schema
CREATE SCHEMA lab;
CREATE TABLE lab."Orders" (id int, "customerId" int, "with blank" int);
CREATE TYPE lab."Mood" AS ENUM ('good');
CREATE DOMAIN lab."2nd" AS int;
CREATE SCHEMA "Mixed ""Case";
CREATE TABLE "Mixed ""Case"."a.b" (a int);
-- good: small letters, signs that need no quotes, a reserved word
CREATE SCHEMA lab_good;
CREATE TABLE lab_good.plain_1 (a$b int, "order" int, _x int);
