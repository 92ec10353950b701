-- expects: bad public.lab_profiles | anon reads password_hash
-- expects: bad public."Mixed ""Case" | anon reads apiKey
-- expects: bad public.lab_or_true | anon reads ssn
-- expects: bad public.lab_wrapped | anon reads ssn
-- expects: bad public.lab_equal | anon reads ssn
-- expects: bad public.lab_never_null | anon reads ssn
-- expects: watch public.lab_members | authenticated reads secret
-- expects: watch lab_side.people | anon reads ssn
CREATE ROLE anon;
CREATE ROLE authenticated;
GRANT USAGE ON SCHEMA public TO anon, authenticated;
CREATE SCHEMA lab_side;
GRANT USAGE ON SCHEMA lab_side TO anon;
CREATE TABLE public.lab_profiles (id int PRIMARY KEY, display text, password_hash text);
CREATE POLICY everybody ON public.lab_profiles FOR SELECT TO anon, authenticated USING (true);
CREATE TABLE public."Mixed ""Case" (id int PRIMARY KEY, "apiKey" text);
CREATE POLICY everybody ON public."Mixed ""Case" USING (NOT false);
CREATE TABLE public.lab_or_true (id int, ssn text);
CREATE POLICY everybody ON public.lab_or_true FOR SELECT USING (id = 1 OR true);
CREATE TABLE public.lab_wrapped (id int, ssn text);
CREATE POLICY everybody ON public.lab_wrapped FOR SELECT USING ((SELECT true));
CREATE TABLE public.lab_equal (id int, ssn text);
CREATE POLICY everybody ON public.lab_equal FOR SELECT USING (1 = 1);
CREATE TABLE public.lab_never_null (id int PRIMARY KEY, ssn text);
CREATE POLICY everybody ON public.lab_never_null FOR SELECT USING (id IS NOT NULL);
CREATE TABLE public.lab_members (id int, secret text);
CREATE POLICY members ON public.lab_members FOR SELECT TO authenticated USING (true);
CREATE TABLE lab_side.people (id int, ssn text);
CREATE POLICY everybody ON lab_side.people FOR SELECT USING (true);
-- good: a condition, no sensitive column, no right on it, narrowed, for writing, for others
CREATE TABLE public.lab_own (id int, nullable int, ssn text);
CREATE POLICY own ON public.lab_own FOR SELECT USING (id = 1);
CREATE POLICY two ON public.lab_own FOR SELECT USING (1 = 2);
CREATE POLICY filled ON public.lab_own FOR SELECT USING (nullable IS NOT NULL);
CREATE POLICY either ON public.lab_own FOR SELECT USING (id = 2 OR nullable = 3 OR (true AND id = 4));
CREATE POLICY never ON public.lab_own FOR SELECT USING (false);
CREATE POLICY unknown ON public.lab_own FOR SELECT USING (NULL);
CREATE TABLE public.lab_plain (id int, display text);
CREATE POLICY everybody ON public.lab_plain FOR SELECT USING (true);
CREATE TABLE public.lab_columns (id int, ssn text);
CREATE POLICY everybody ON public.lab_columns FOR SELECT USING (true);
CREATE TABLE public.lab_narrowed (id int, ssn text);
CREATE POLICY everybody ON public.lab_narrowed FOR SELECT USING (true);
CREATE POLICY but_not ON public.lab_narrowed AS RESTRICTIVE FOR SELECT USING (id > 5);
CREATE TABLE public.lab_write (id int, ssn text);
CREATE POLICY everybody ON public.lab_write FOR INSERT WITH CHECK (true);
CREATE ROLE worker;
CREATE TABLE public.lab_worker (id int, ssn text);
CREATE POLICY everybody ON public.lab_worker TO worker USING (true);
DO $$
DECLARE t regclass;
BEGIN
    FOR t IN SELECT DISTINCT polrelid FROM pg_policy LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
        IF t <> 'public.lab_columns'::regclass THEN EXECUTE format('GRANT SELECT ON %s TO anon, authenticated', t); END IF;
    END LOOP;
    REVOKE ALL ON public.lab_members, lab_side.people FROM anon;
    GRANT SELECT (id, ssn) ON lab_side.people TO anon;
END $$;
GRANT SELECT (id) ON public.lab_columns TO anon;
