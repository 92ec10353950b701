-- expects: watch audited | any of 2 schemas
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE TABLE public.lab_a (a int);
GRANT USAGE ON SCHEMA public TO anon;
CREATE SCHEMA "Mixed ""Case";
CREATE TABLE "Mixed ""Case".a (a int);
GRANT USAGE ON SCHEMA "Mixed ""Case" TO authenticated;
-- good: a schema without objects, one that is closed
CREATE SCHEMA lab_empty;
GRANT USAGE ON SCHEMA lab_empty TO anon;
CREATE SCHEMA lab_hidden;
CREATE TABLE lab_hidden.a (a int);
