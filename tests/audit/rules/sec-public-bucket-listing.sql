-- expects: watch storage.objects listed | anon lists avatars
-- expects: watch storage.objects "Mixed ""Case" | authenticated lists avatars +1
-- expects: watch storage.objects several | anon lists logos
-- expects: watch storage.objects whole | anon lists avatars
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE worker;
CREATE SCHEMA auth;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid';
CREATE SCHEMA storage;
CREATE TABLE storage.buckets (id text PRIMARY KEY, name text, public boolean);
INSERT INTO storage.buckets VALUES ('avatars', 'avatars', true), ('logos', 'logos', true), ('letters', 'letters', false);
CREATE TABLE storage.objects (id uuid, bucket_id text REFERENCES storage.buckets, name text, owner_id text);
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
GRANT ALL ON storage.objects TO anon, authenticated, worker;
CREATE POLICY listed ON storage.objects FOR SELECT USING (bucket_id = 'avatars');
CREATE POLICY "Mixed ""Case" ON storage.objects FOR SELECT TO authenticated USING (true);
CREATE POLICY several ON storage.objects FOR SELECT TO anon USING (bucket_id = ANY (ARRAY['logos', 'letters', 'it''s %']));
CREATE POLICY whole ON storage.objects TO anon USING ((bucket_id = 'avatars')) WITH CHECK (bucket_id = 'letters');
-- good: a private bucket, the owner, a folder, nobody, to write, of the application, restrictive
CREATE POLICY private ON storage.objects FOR SELECT TO anon USING (bucket_id = 'letters');
CREATE POLICY owner ON storage.objects FOR SELECT TO authenticated USING (bucket_id = 'avatars' AND owner_id = (SELECT auth.uid())::text);
CREATE POLICY folder ON storage.objects FOR SELECT TO anon USING (bucket_id = 'avatars' AND name LIKE 'public/%');
CREATE POLICY closed ON storage.objects FOR SELECT TO anon USING (false);
CREATE POLICY written ON storage.objects FOR INSERT TO anon WITH CHECK (bucket_id = 'avatars');
CREATE POLICY of_the_app ON storage.objects FOR SELECT TO worker USING (bucket_id = 'avatars');
CREATE POLICY wall ON storage.objects AS RESTRICTIVE FOR SELECT TO anon USING (bucket_id = 'avatars');
