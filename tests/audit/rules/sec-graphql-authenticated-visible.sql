-- expects: info public.lab_t | table is described
-- expects: info public.lab_hidden | table is described
-- expects: info public.lab_column | table is described
-- expects: info public."Mixed ""Case" | view is described
-- expects: info public.lab_m | materialized view is described
-- the extension is not made for all servers; its name is what counts
UPDATE pg_catalog.pg_extension SET extname = 'pg_graphql' WHERE extname = 'plpgsql';
CREATE ROLE anon;
CREATE ROLE authenticated;
GRANT USAGE ON SCHEMA public TO authenticated, anon;
CREATE TABLE public.lab_t (a int, b int);
CREATE TABLE public.lab_hidden (a int);
ALTER TABLE public.lab_hidden ENABLE ROW LEVEL SECURITY;
CREATE TABLE public.lab_column (a int, b int);
CREATE VIEW public."Mixed ""Case" AS SELECT * FROM public.lab_t;
CREATE MATERIALIZED VIEW public.lab_m AS SELECT * FROM public.lab_t;
GRANT SELECT ON public.lab_t, public.lab_hidden, public."Mixed ""Case", public.lab_m TO authenticated;
GRANT SELECT (b) ON public.lab_column TO authenticated;
-- good: no right, a right to write, the right of another role, what anon sees as well, a schema that is closed, a partitioned root
CREATE TABLE public.lab_private (a int);
CREATE TABLE public.lab_write (a int);
GRANT INSERT ON public.lab_write TO authenticated;
CREATE TABLE public.lab_other (a int);
GRANT SELECT ON public.lab_other TO anon;
CREATE TABLE public.lab_both (a int);
GRANT SELECT ON public.lab_both TO PUBLIC;
CREATE SCHEMA lab_closed;
CREATE TABLE lab_closed.t (a int);
GRANT SELECT ON lab_closed.t TO authenticated;
CREATE TABLE public.lab_root (a int) PARTITION BY RANGE (a);
GRANT SELECT ON public.lab_root TO authenticated;
