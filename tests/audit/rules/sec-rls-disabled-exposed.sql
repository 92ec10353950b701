-- expects: bad public.lab_open | anon reads all rows
-- expects: bad public.lab_counted | anon reads 2 rows
-- expects: bad public.lab_column | anon reads all rows
-- expects: bad public.lab_write_only | anon may write
-- expects: bad public.lab_by_login | authenticated reads all rows
-- expects: bad public.lab_public | anon reads all rows
-- expects: bad public.lab_root | anon reads all rows
-- expects: watch lab_side.other | anon reads all rows
CREATE ROLE anon;
CREATE ROLE authenticated;
GRANT USAGE ON SCHEMA public TO anon, authenticated;
CREATE TABLE public.lab_open (a int);
GRANT SELECT ON public.lab_open TO anon, authenticated;
CREATE TABLE public.lab_counted (a int);
INSERT INTO public.lab_counted VALUES (1), (2);
ANALYZE public.lab_counted;
GRANT ALL ON public.lab_counted TO anon;
CREATE TABLE public.lab_column (a int, b int);
GRANT SELECT (b) ON public.lab_column TO anon;
CREATE TABLE public.lab_write_only (a int);
GRANT INSERT ON public.lab_write_only TO anon;
CREATE TABLE public.lab_by_login (a int);
GRANT SELECT ON public.lab_by_login TO authenticated;
CREATE TABLE public.lab_public (a int);
GRANT SELECT ON public.lab_public TO PUBLIC;
-- a partitioned root and its open leaves are one finding; a leaf that is open although its root is closed is sec-partition-rls-gap
CREATE TABLE public.lab_root (a int) PARTITION BY RANGE (a);
CREATE TABLE public.lab_leaf PARTITION OF public.lab_root FOR VALUES FROM (0) TO (10);
GRANT SELECT ON public.lab_root, public.lab_leaf TO anon;
CREATE TABLE public.lab_closed_root (a int) PARTITION BY RANGE (a);
CREATE TABLE public.lab_leaf_alone PARTITION OF public.lab_closed_root FOR VALUES FROM (0) TO (10);
ALTER TABLE public.lab_closed_root ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON public.lab_closed_root, public.lab_leaf_alone TO anon;
CREATE SCHEMA lab_side;
GRANT USAGE ON SCHEMA lab_side TO anon;
CREATE TABLE lab_side.other (a int);
GRANT SELECT ON lab_side.other TO anon;
-- good: closed, without rights, in a schema that is closed
CREATE TABLE public.lab_closed (a int);
ALTER TABLE public.lab_closed ENABLE ROW LEVEL SECURITY;
GRANT ALL ON public.lab_closed TO anon;
CREATE TABLE public.lab_private (a int);
REVOKE ALL ON public.lab_private FROM PUBLIC, anon, authenticated;
CREATE SCHEMA lab_hidden;
CREATE TABLE lab_hidden.t (a int);
GRANT SELECT ON lab_hidden.t TO anon;
