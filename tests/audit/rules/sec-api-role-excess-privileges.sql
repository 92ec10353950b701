-- expects: watch public | anon empties 4 tables
-- expects: watch lab_open | anon empties 1 table
-- expects: info "Mixed ""Case" | authenticated: REFERENCES
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE lab_group;
GRANT lab_group TO anon;
GRANT USAGE ON SCHEMA public TO anon, authenticated;
CREATE TABLE public.lab_all (a int);
GRANT ALL ON public.lab_all TO anon, authenticated;
CREATE TABLE public.lab_all_too (a int);
GRANT ALL ON public.lab_all_too TO anon, authenticated;
CREATE TABLE public.lab_root (a int) PARTITION BY RANGE (a);
GRANT TRUNCATE ON public.lab_root TO lab_group;
CREATE TABLE public."lab ""table" (a int);
ALTER TABLE public."lab ""table" ENABLE ROW LEVEL SECURITY;
GRANT SELECT, TRUNCATE, TRIGGER ON public."lab ""table" TO anon;
CREATE SCHEMA lab_open;
GRANT USAGE ON SCHEMA lab_open TO anon;
CREATE TABLE lab_open.t (a int);
GRANT TRUNCATE ON lab_open.t TO PUBLIC;
CREATE SCHEMA "Mixed ""Case";
GRANT USAGE ON SCHEMA "Mixed ""Case" TO authenticated;
CREATE TABLE "Mixed ""Case".t (a int);
GRANT REFERENCES ON "Mixed ""Case".t TO authenticated;
-- good: what row security filters, a schema that is closed, rights of the service
CREATE TABLE public.lab_plain (a int);
GRANT SELECT, INSERT, UPDATE, DELETE ON public.lab_plain TO anon, authenticated;
CREATE SCHEMA lab_hidden;
CREATE TABLE lab_hidden.t (a int);
GRANT TRUNCATE ON lab_hidden.t TO anon;
CREATE ROLE service_role;
CREATE TABLE public.lab_service (a int);
GRANT ALL ON public.lab_service TO service_role;
