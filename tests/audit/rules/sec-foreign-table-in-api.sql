-- expects: bad public."Mixed ""Case" | remote rows to anon
-- expects: watch lab_side.far | remote rows to anon
CREATE ROLE anon;
GRANT USAGE ON SCHEMA public TO anon;
CREATE FOREIGN DATA WRAPPER lab_wrapper;
CREATE SERVER lab_far FOREIGN DATA WRAPPER lab_wrapper;
CREATE FOREIGN TABLE public."Mixed ""Case" (a int) SERVER lab_far;
GRANT SELECT ON public."Mixed ""Case" TO PUBLIC;
CREATE SCHEMA lab_side;
GRANT USAGE ON SCHEMA lab_side TO anon;
CREATE FOREIGN TABLE lab_side.far (a int, b int) SERVER lab_far;
GRANT SELECT (a) ON lab_side.far TO anon;
-- good: no right, a schema that is closed, a plain table
CREATE FOREIGN TABLE public.lab_private (a int) SERVER lab_far;
CREATE SCHEMA lab_hidden;
CREATE FOREIGN TABLE lab_hidden.far (a int) SERVER lab_far;
GRANT SELECT ON lab_hidden.far TO anon;
CREATE TABLE public.lab_plain (a int);
GRANT SELECT ON public.lab_plain TO anon;
