-- expects: info lab.t own
-- expects: info lab.t wrapped
-- expects: info lab.t by_claim
-- expects: info lab.t by_role
-- expects: info lab.t "Mixed ""Case"
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE SCHEMA auth;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid';
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS 'SELECT NULL::jsonb';
CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS 'SELECT NULL::text';
CREATE SCHEMA lab;
GRANT USAGE ON SCHEMA lab TO anon;
CREATE TABLE lab.t (id int, user_id uuid, name text, public boolean);
ALTER TABLE lab.t ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON lab.t TO anon;
CREATE POLICY own ON lab.t USING (auth.uid() = user_id);
CREATE POLICY wrapped ON lab.t FOR SELECT USING (user_id = (SELECT auth.uid()) AND id > 0);
CREATE POLICY by_claim ON lab.t FOR INSERT WITH CHECK (auth.jwt() ->> 'name' = name);
CREATE POLICY by_role ON lab.t FOR DELETE USING (auth.role() = 'authenticated');
CREATE POLICY "Mixed ""Case" ON lab.t FOR UPDATE USING (auth.uid() = user_id) WITH CHECK (auth.uid() = user_id);
-- good: a role is named, anon may pass, only one of two conditions asks, restrictive, another role, no grant
CREATE POLICY named ON lab.t TO authenticated USING (auth.uid() = user_id);
CREATE POLICY shown ON lab.t USING (public OR auth.uid() = user_id);
CREATE POLICY without_login ON lab.t USING (auth.uid() IS NULL);
CREATE POLICY half ON lab.t FOR UPDATE USING (auth.uid() = user_id) WITH CHECK (id > 0);
CREATE POLICY wall ON lab.t AS RESTRICTIVE USING (auth.uid() = user_id);
CREATE POLICY of_anon ON lab.t FOR SELECT USING (auth.role() = 'anon');
CREATE POLICY nothing_asked ON lab.t USING (id = 1);
CREATE TABLE lab.closed (user_id uuid);
ALTER TABLE lab.closed ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON lab.closed USING (auth.uid() = user_id);
