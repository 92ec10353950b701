-- expects: bad lab.t whole | ALL: any login, any row
-- expects: bad lab."Mixed ""Case" "odd policy" | UPDATE: any login, any row
-- expects: bad lab.t by_role | DELETE: any login, any row
-- expects: bad lab.t to_all | UPDATE: any login, any row
-- expects: watch lab.t put | INSERT: any login
-- expects: info lab.narrowed whole
-- expects: info lab.off whole
-- expects: info lab.ungranted whole
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE worker;
CREATE SCHEMA auth;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $$;
CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS $$ SELECT current_setting('request.jwt.claim.role', true) $$;
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT current_setting('request.jwt.claims', true)::jsonb $$;
CREATE SCHEMA lab;
CREATE TABLE lab.t (id int PRIMARY KEY, owner uuid);
GRANT ALL ON lab.t TO anon, authenticated, worker;
CREATE POLICY whole ON lab.t TO authenticated USING ((SELECT auth.uid()) IS NOT NULL);
CREATE POLICY by_role ON lab.t FOR DELETE USING (auth.role() = 'authenticated');
CREATE POLICY to_all ON lab.t FOR UPDATE USING ((SELECT auth.role()) = 'authenticated');
CREATE POLICY put ON lab.t FOR INSERT TO authenticated WITH CHECK (auth.jwt() IS NOT NULL);
CREATE TABLE lab."Mixed ""Case" (id int PRIMARY KEY);
GRANT ALL ON lab."Mixed ""Case" TO authenticated;
CREATE POLICY "odd policy" ON lab."Mixed ""Case" FOR UPDATE TO authenticated USING (auth.uid() IS NOT NULL);
CREATE TABLE lab.narrowed (id int PRIMARY KEY);
GRANT ALL ON lab.narrowed TO authenticated;
CREATE POLICY whole ON lab.narrowed TO authenticated USING (auth.uid() IS NOT NULL);
CREATE POLICY wall ON lab.narrowed AS RESTRICTIVE USING (id > 5);
CREATE TABLE lab.ungranted (id int PRIMARY KEY);
GRANT SELECT ON lab.ungranted TO authenticated;
CREATE POLICY whole ON lab.ungranted TO authenticated USING (auth.uid() IS NOT NULL);
-- good: reading, a condition on the row, another role, a claim that not everybody has
CREATE POLICY reading ON lab.t FOR SELECT TO authenticated USING (auth.uid() IS NOT NULL);
CREATE POLICY own ON lab.t FOR UPDATE TO authenticated USING (owner = (SELECT auth.uid()));
CREATE POLICY own_too ON lab.t FOR DELETE TO authenticated USING (auth.uid() IS NOT NULL AND owner = auth.uid());
CREATE POLICY app ON lab.t TO worker USING (auth.uid() IS NOT NULL);
CREATE POLICY of_service ON lab.t FOR DELETE USING (auth.role() = 'service_role');
CREATE POLICY no_login ON lab.t FOR INSERT WITH CHECK (auth.uid() IS NULL);
CREATE POLICY admin ON lab.t FOR UPDATE TO authenticated USING ((auth.jwt() ->> 'role') = 'admin');
DO $$
DECLARE t regclass;
BEGIN
    FOR t IN SELECT DISTINCT polrelid FROM pg_policy LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    END LOOP;
END $$;
CREATE TABLE lab.off (id int PRIMARY KEY);
GRANT ALL ON lab.off TO authenticated;
CREATE POLICY whole ON lab.off TO authenticated USING (auth.uid() IS NOT NULL);
