-- expects: bad lab.sleeping | 2 policies without effect
-- expects: bad lab.root | 1 policy without effect
-- expects: bad lab."Mixed ""Case" | 1 policy without effect
CREATE ROLE anon;
CREATE SCHEMA lab;
CREATE TABLE lab.sleeping (a int);
CREATE POLICY own ON lab.sleeping USING (a = 1);
CREATE POLICY "odd, name" ON lab.sleeping FOR INSERT WITH CHECK (a = 1);
-- splinter does not look at partitioned tables
CREATE TABLE lab.root (a int) PARTITION BY RANGE (a);
CREATE POLICY own ON lab.root USING (a = 1);
CREATE TABLE lab."Mixed ""Case" (a int);
CREATE POLICY own ON lab."Mixed ""Case" USING (a = 1);
-- good: row security on, no policy, and what sec-rls-disabled-exposed finds
CREATE TABLE lab.good (a int);
ALTER TABLE lab.good ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON lab.good USING (a = 1);
CREATE TABLE lab.plain (a int);
CREATE TABLE public.lab_exposed (a int);
GRANT USAGE ON SCHEMA public TO anon;
GRANT SELECT ON public.lab_exposed TO anon;
CREATE POLICY own ON public.lab_exposed USING (a = 1);
