-- expects: bad public.lab_root | 2 partitions are open
-- expects: watch lab."Mixed ""Case" | 1 partition is open
-- expects: bad lab.nested | 1 partition is open
CREATE ROLE anon;
CREATE ROLE app;
CREATE ROLE passes BYPASSRLS;
GRANT USAGE ON SCHEMA public TO anon;
CREATE SCHEMA lab;
GRANT USAGE ON SCHEMA lab TO app, passes, anon;
CREATE TABLE public.lab_root (a int, b int) PARTITION BY RANGE (a);
ALTER TABLE public.lab_root ENABLE ROW LEVEL SECURITY;
CREATE TABLE public.lab_leaf1 PARTITION OF public.lab_root FOR VALUES FROM (0) TO (10);
CREATE TABLE public.lab_leaf2 PARTITION OF public.lab_root FOR VALUES FROM (10) TO (20);
CREATE TABLE public.lab_leaf3 PARTITION OF public.lab_root FOR VALUES FROM (20) TO (30);
GRANT SELECT ON public.lab_root, public.lab_leaf1 TO anon;
-- a right on one column is enough
GRANT INSERT (b) ON public.lab_leaf2 TO anon;
CREATE TABLE lab."Mixed ""Case" (a int) PARTITION BY RANGE (a);
ALTER TABLE lab."Mixed ""Case" ENABLE ROW LEVEL SECURITY;
CREATE TABLE lab.mixed_leaf PARTITION OF lab."Mixed ""Case" FOR VALUES FROM (0) TO (10);
GRANT SELECT ON lab.mixed_leaf TO app, passes;
CREATE TABLE lab.nested (a int) PARTITION BY RANGE (a);
ALTER TABLE lab.nested ENABLE ROW LEVEL SECURITY;
CREATE TABLE lab.half PARTITION OF lab.nested FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (a);
ALTER TABLE lab.half ENABLE ROW LEVEL SECURITY;
CREATE TABLE lab.quarter PARTITION OF lab.half FOR VALUES FROM (0) TO (5);
GRANT SELECT ON lab.quarter TO PUBLIC;
-- good: closed as well, no rights, rights of roles that pass row security only, a schema that is closed, a root without
CREATE TABLE public.lab_good (a int) PARTITION BY RANGE (a);
ALTER TABLE public.lab_good ENABLE ROW LEVEL SECURITY;
CREATE TABLE public.lab_good1 PARTITION OF public.lab_good FOR VALUES FROM (0) TO (10);
ALTER TABLE public.lab_good1 ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON public.lab_good1 TO anon;
CREATE TABLE public.lab_good2 PARTITION OF public.lab_good FOR VALUES FROM (10) TO (20);
GRANT SELECT ON public.lab_good2 TO passes;
CREATE SCHEMA lab_hidden;
CREATE TABLE lab_hidden.good3 PARTITION OF public.lab_good FOR VALUES FROM (20) TO (30);
GRANT SELECT ON lab_hidden.good3 TO anon;
CREATE TABLE public.lab_none (a int) PARTITION BY RANGE (a);
CREATE TABLE public.lab_none1 PARTITION OF public.lab_none FOR VALUES FROM (0) TO (10);
GRANT SELECT ON public.lab_none1 TO anon;
