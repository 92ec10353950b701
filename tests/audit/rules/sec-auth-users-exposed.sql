-- expects: bad public.lab_people | anon reads email
-- expects: bad public.lab_deep | authenticated reads email
-- expects: bad public."Mixed ""Case" | anon reads encrypted_password
-- expects: bad public.lab_figures | anon reads auth.users
-- expects: watch public.lab_me | authenticated reads email
CREATE ROLE anon;
CREATE ROLE authenticated;
GRANT USAGE ON SCHEMA public TO anon, authenticated;
CREATE SCHEMA auth;
CREATE TABLE auth.users (id uuid, email text, encrypted_password text);
ALTER TABLE auth.users ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid';
CREATE VIEW public.lab_people AS SELECT id, email FROM auth.users;
GRANT SELECT (id) ON public.lab_people TO anon;
-- two views deep, which splinter does not see
CREATE SCHEMA lab_hidden;
CREATE VIEW lab_hidden.one AS SELECT email FROM auth.users;
CREATE VIEW lab_hidden.two AS SELECT * FROM lab_hidden.one;
CREATE VIEW public.lab_deep AS SELECT * FROM lab_hidden.two;
GRANT SELECT ON public.lab_deep TO authenticated;
CREATE MATERIALIZED VIEW public."Mixed ""Case" AS SELECT encrypted_password FROM auth.users;
GRANT SELECT ON public."Mixed ""Case" TO anon;
CREATE VIEW public.lab_figures AS SELECT count(*) AS accounts FROM auth.users;
GRANT SELECT ON public.lab_figures TO anon;
CREATE VIEW public.lab_me AS SELECT email FROM auth.users WHERE id = auth.uid();
GRANT SELECT ON public.lab_me TO authenticated;
-- good: no right, a schema that is closed, an owner whom row security of auth.users holds, another table of that name
CREATE VIEW public.lab_private AS SELECT email FROM auth.users;
CREATE VIEW lab_hidden.open AS SELECT email FROM auth.users;
GRANT SELECT ON lab_hidden.open TO anon;
CREATE ROLE held NOLOGIN;
GRANT USAGE ON SCHEMA auth TO held;
GRANT SELECT ON auth.users TO held;
CREATE VIEW public.lab_held AS SELECT email FROM auth.users;
ALTER VIEW public.lab_held OWNER TO held;
GRANT SELECT ON public.lab_held TO anon;
CREATE TABLE public.users (email text);
CREATE VIEW public.lab_other AS SELECT email FROM public.users;
GRANT SELECT ON public.lab_other TO anon;
