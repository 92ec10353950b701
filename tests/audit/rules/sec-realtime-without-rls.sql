-- expects: bad lab_side.sent | sent to anon
-- expects: info public.lab_ungranted | sent, no client reads it
-- expects: info public."Mixed ""Case" | sent, no client reads it
CREATE ROLE anon;
CREATE ROLE authenticated;
SET LOCAL pgrst.db_schemas = 'public';
GRANT USAGE ON SCHEMA public TO anon;
CREATE SCHEMA lab_side;
GRANT USAGE ON SCHEMA lab_side TO anon;
CREATE TABLE lab_side.sent (id int PRIMARY KEY);
GRANT SELECT ON lab_side.sent TO anon;
CREATE TABLE public.lab_ungranted (id int PRIMARY KEY);
CREATE TABLE public."Mixed ""Case" (id int PRIMARY KEY);
-- good: row security, another publication, none, what sec-rls-disabled-exposed finds
CREATE TABLE public.lab_good (id int PRIMARY KEY);
ALTER TABLE public.lab_good ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON public.lab_good TO anon;
CREATE TABLE public.lab_elsewhere (id int PRIMARY KEY);
CREATE TABLE public.lab_unsent (id int PRIMARY KEY);
CREATE TABLE public.lab_served (id int PRIMARY KEY);
GRANT SELECT ON public.lab_served TO anon;
CREATE PUBLICATION supabase_realtime FOR TABLE lab_side.sent, public.lab_ungranted, public."Mixed ""Case", public.lab_good, public.lab_served;
CREATE PUBLICATION other FOR TABLE public.lab_elsewhere;
