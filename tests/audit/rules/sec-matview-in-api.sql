-- expects: bad public."Mixed ""Case" | anon reads all rows
-- expects: bad public.lab_column | anon reads all rows
-- expects: watch lab_side.copied | authenticated reads all rows
CREATE ROLE anon;
CREATE ROLE authenticated;
GRANT USAGE ON SCHEMA public TO anon;
CREATE TABLE public.lab_t (a int, b int);
CREATE MATERIALIZED VIEW public."Mixed ""Case" AS SELECT * FROM public.lab_t;
GRANT SELECT ON public."Mixed ""Case" TO anon;
CREATE MATERIALIZED VIEW public.lab_column AS SELECT * FROM public.lab_t;
GRANT SELECT (b) ON public.lab_column TO anon;
CREATE SCHEMA lab_side;
CREATE ROLE readers;
GRANT readers TO authenticated;
GRANT USAGE ON SCHEMA lab_side TO readers;
CREATE MATERIALIZED VIEW lab_side.copied AS SELECT * FROM public.lab_t;
GRANT SELECT ON lab_side.copied TO readers;
-- good: no right, a schema that is closed, a view, one of auth.users that another rule finds
CREATE MATERIALIZED VIEW public.lab_private AS SELECT * FROM public.lab_t;
CREATE SCHEMA lab_hidden;
CREATE MATERIALIZED VIEW lab_hidden.m AS SELECT * FROM public.lab_t;
GRANT SELECT ON lab_hidden.m TO anon;
CREATE VIEW public.lab_view AS SELECT * FROM public.lab_t;
GRANT SELECT ON public.lab_view TO anon;
CREATE SCHEMA auth;
CREATE TABLE auth.users (id int, email text);
CREATE VIEW auth.people AS SELECT email FROM auth.users;
CREATE MATERIALIZED VIEW public.lab_people AS SELECT * FROM auth.people;
GRANT SELECT ON public.lab_people TO anon;
