-- expects: bad public.lab_direct | anon passes lab_t
-- expects: bad public."Mixed ""Case" | anon passes lab_t
-- expects: bad public.lab_chain | anon passes lab_t
-- expects: bad public.lab_by_right | authenticated passes lab_o
-- expects: watch public.lab_own_filter | anon passes lab_t
-- expects: info public.lab_barrier | anon passes lab_t
-- expects: watch lab_side.other | anon passes lab_t
CREATE ROLE anon;
CREATE ROLE authenticated;
GRANT USAGE ON SCHEMA public TO anon, authenticated;
CREATE TABLE public.lab_t (id int, owner_name text);
ALTER TABLE public.lab_t ENABLE ROW LEVEL SECURITY;
CREATE SCHEMA lab_side;
CREATE VIEW public.lab_direct AS SELECT * FROM public.lab_t;
CREATE VIEW public."Mixed ""Case" AS SELECT count(*) AS "odd, column" FROM public.lab_t;
-- through a view nobody may reach by itself
CREATE VIEW lab_side.inner_view AS SELECT * FROM public.lab_t;
CREATE VIEW public.lab_chain AS SELECT * FROM lab_side.inner_view;
CREATE ROLE maker NOLOGIN;
CREATE TABLE public.lab_o (id int);
ALTER TABLE public.lab_o OWNER TO maker;
ALTER TABLE public.lab_o ENABLE ROW LEVEL SECURITY;
CREATE VIEW public.lab_by_right AS SELECT * FROM public.lab_o;
ALTER VIEW public.lab_by_right OWNER TO maker;
CREATE VIEW public.lab_own_filter AS SELECT * FROM public.lab_t WHERE owner_name = current_user;
CREATE VIEW public.lab_barrier WITH (security_barrier) AS
    SELECT * FROM public.lab_t WHERE owner_name = (SELECT current_setting('request.jwt.claim.sub', true));
CREATE VIEW lab_side.other AS SELECT * FROM public.lab_t;
GRANT SELECT ON public.lab_direct, public."Mixed ""Case", public.lab_chain, public.lab_own_filter, public.lab_barrier TO anon;
GRANT SELECT ON lab_side.other TO anon;
GRANT USAGE ON SCHEMA lab_side TO anon;
GRANT SELECT ON public.lab_by_right TO authenticated;
-- good: an owner whom row security holds, no right, no row security below, a view of an exposed view
CREATE ROLE held NOLOGIN;
GRANT SELECT ON public.lab_t TO held;
CREATE VIEW public.lab_held AS SELECT * FROM public.lab_t;
ALTER VIEW public.lab_held OWNER TO held;
ALTER TABLE public.lab_o FORCE ROW LEVEL SECURITY;
ALTER TABLE public.lab_o NO FORCE ROW LEVEL SECURITY;
CREATE TABLE public.lab_forced (id int);
ALTER TABLE public.lab_forced OWNER TO maker;
ALTER TABLE public.lab_forced ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE VIEW public.lab_of_forced AS SELECT * FROM public.lab_forced;
ALTER VIEW public.lab_of_forced OWNER TO maker;
CREATE VIEW public.lab_private AS SELECT * FROM public.lab_t;
CREATE TABLE public.lab_plain (id int);
CREATE VIEW public.lab_of_plain AS SELECT * FROM public.lab_plain;
CREATE VIEW public.lab_above AS SELECT * FROM public.lab_direct;
GRANT SELECT ON public.lab_held, public.lab_of_forced, public.lab_of_plain, public.lab_above TO anon;
