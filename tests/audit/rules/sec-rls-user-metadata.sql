-- expects: bad lab.t arrow | by user_metadata
-- expects: bad lab.t "Mixed ""Case" | by user_metadata
-- expects: bad lab.t path | by user_metadata
-- expects: bad lab.t checked | by user_metadata
-- expects: bad lab.t by_setting | by user_metadata
-- expects: bad lab.t by_function | by lab.is_chief
-- expects: bad lab.t by_column | by raw_user_meta_data
CREATE SCHEMA auth;
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $$SELECT '{}'::jsonb$$;
CREATE TABLE auth.users (id uuid, raw_user_meta_data jsonb, raw_app_meta_data jsonb);
CREATE SCHEMA lab;
CREATE FUNCTION lab.is_chief() RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN auth.jwt() -> 'user_metadata' ->> 'role' = 'chief';
END $$;
CREATE FUNCTION lab.harmless() RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    -- never by user_metadata of auth.jwt(), which users change themselves
    RETURN auth.jwt() -> 'app_metadata' ->> 'role' = 'chief';
END $$;
CREATE TABLE lab.t (id int, kind text, profile jsonb);
ALTER TABLE lab.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY arrow ON lab.t USING (auth.jwt() -> 'user_metadata' ->> 'role' = 'chief');
CREATE POLICY "Mixed ""Case" ON lab.t FOR SELECT USING (((SELECT auth.jwt()) -> 'user_metadata' ->> 'role') = 'it''s {me}');
CREATE POLICY path ON lab.t FOR SELECT USING (auth.jwt() #>> '{user_metadata,role}' = 'chief');
CREATE POLICY checked ON lab.t FOR INSERT WITH CHECK (((auth.jwt() ->> 'user_metadata')::jsonb ->> 'role') = 'chief');
CREATE POLICY by_setting ON lab.t FOR SELECT
    USING ((current_setting('request.jwt.claims', true)::jsonb -> 'user_metadata' ->> 'role') = 'chief');
CREATE POLICY by_function ON lab.t FOR SELECT USING (lab.is_chief());
CREATE POLICY by_column ON lab.t FOR SELECT USING (EXISTS (SELECT FROM auth.users AS u WHERE u.raw_user_meta_data ->> 'role' = 'chief'));
-- good: app_metadata, a function that only speaks of it, and what a pattern over the whole text takes for it
CREATE POLICY by_app ON lab.t FOR SELECT USING (auth.jwt() -> 'app_metadata' ->> 'role' = 'chief');
CREATE POLICY by_harmless ON lab.t FOR SELECT USING (lab.harmless());
CREATE POLICY a_word ON lab.t FOR SELECT USING (auth.jwt() ->> 'sub' = '1' AND kind = 'user_metadata');
CREATE POLICY own_column ON lab.t FOR SELECT USING (auth.jwt() IS NOT NULL AND profile -> 'user_metadata' ->> 'x' = '1');
CREATE POLICY app_of_users ON lab.t FOR SELECT USING (EXISTS (SELECT FROM auth.users AS u WHERE u.raw_app_meta_data ->> 'role' = 'x'));
