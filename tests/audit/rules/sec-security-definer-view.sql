-- lacks: version
-- expects: watch public.lab_lends | lends lab_t
-- expects: watch public."Mixed ""Case" | lends lab_t
-- expects: info public.lab_anyway | reads lab_open
-- expects: bad public.lab_hashes | lends pg_authid
CREATE ROLE anon;
CREATE ROLE authenticated;
GRANT USAGE ON SCHEMA public TO anon, authenticated;
CREATE TABLE public.lab_t (id int);
REVOKE ALL ON public.lab_t FROM PUBLIC;
CREATE VIEW public.lab_lends AS SELECT * FROM public.lab_t;
CREATE VIEW public."Mixed ""Case" AS SELECT * FROM public.lab_t;
CREATE TABLE public.lab_open (id int);
GRANT SELECT ON public.lab_open TO anon;
CREATE VIEW public.lab_anyway AS SELECT * FROM public.lab_open;
CREATE VIEW public.lab_hashes AS SELECT rolname, rolpassword FROM pg_catalog.pg_authid;
GRANT SELECT ON public.lab_hashes TO anon;
GRANT SELECT ON public.lab_lends, public."Mixed ""Case", public.lab_anyway TO anon;
-- good: every spelling of true, of which splinter knows four only
DO $$
BEGIN
    IF current_setting('server_version_num')::int >= 150000 THEN
        ALTER VIEW public."Mixed ""Case" SET (security_invoker = false);
        CREATE VIEW public.lab_true WITH (security_invoker) AS SELECT * FROM public.lab_t;
        CREATE VIEW public.lab_t1 WITH (security_invoker = t) AS SELECT * FROM public.lab_t;
        CREATE VIEW public.lab_t2 WITH (security_invoker = 'y') AS SELECT * FROM public.lab_t;
        CREATE VIEW public.lab_t3 WITH (security_invoker = 'TRU') AS SELECT * FROM public.lab_t;
        CREATE VIEW public.lab_t4 WITH (security_invoker = 1) AS SELECT * FROM public.lab_t;
        CREATE VIEW public.lab_t5 WITH (security_invoker = 'on') AS SELECT * FROM public.lab_t;
        GRANT SELECT ON public.lab_true, public.lab_t1, public.lab_t2, public.lab_t3, public.lab_t4, public.lab_t5 TO anon;
    END IF;
END $$;
-- good: no table in it, no right, a schema that is closed, what other rules find
CREATE VIEW public.lab_one AS SELECT 1 AS one;
CREATE VIEW public.lab_names AS SELECT relname FROM pg_catalog.pg_class;
GRANT SELECT ON public.lab_names TO anon;
CREATE VIEW public.lab_private AS SELECT * FROM public.lab_t;
CREATE SCHEMA lab_hidden;
CREATE VIEW lab_hidden.v AS SELECT * FROM public.lab_t;
CREATE TABLE public.lab_walled (id int);
ALTER TABLE public.lab_walled ENABLE ROW LEVEL SECURITY;
CREATE VIEW public.lab_passes AS SELECT * FROM public.lab_walled;
CREATE SCHEMA auth;
CREATE TABLE auth.users (id int);
CREATE VIEW public.lab_accounts AS SELECT id FROM auth.users;
GRANT SELECT ON public.lab_one, lab_hidden.v, public.lab_passes, public.lab_accounts TO anon;
