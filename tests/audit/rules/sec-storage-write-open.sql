-- expects: bad storage.objects everybody | anon may write
-- expects: bad storage.objects "Mixed ""Case" | authenticated may INSERT
-- expects: bad storage.objects move | authenticated may UPDATE
-- expects: bad storage.objects by_ending | anon may DELETE
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE worker;
CREATE SCHEMA auth;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid';
CREATE SCHEMA storage;
CREATE TABLE storage.objects (id uuid, bucket_id text, name text, owner uuid, owner_id text);
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
GRANT ALL ON storage.objects TO anon, authenticated, worker;
CREATE POLICY everybody ON storage.objects TO anon USING (true);
CREATE POLICY "Mixed ""Case" ON storage.objects FOR INSERT TO authenticated WITH CHECK ((SELECT auth.uid()) IS NOT NULL);
-- what it may become is open, though what it may be is not
CREATE POLICY move ON storage.objects FOR UPDATE TO authenticated USING (owner = auth.uid()) WITH CHECK (true);
CREATE POLICY by_ending ON storage.objects FOR DELETE USING (name LIKE '%.tmp');
-- good: the bucket, the owner, the user's own folder, nobody, to read, of the application, restrictive
CREATE POLICY bucket ON storage.objects FOR INSERT TO authenticated WITH CHECK (bucket_id = 'avatars');
CREATE POLICY owner ON storage.objects FOR DELETE TO authenticated USING (owner_id = (SELECT auth.uid())::text);
CREATE POLICY folder ON storage.objects FOR UPDATE TO authenticated USING (split_part(name, '/', 1) = auth.uid()::text);
CREATE POLICY closed ON storage.objects FOR DELETE TO anon USING (false);
CREATE POLICY never ON storage.objects FOR DELETE TO anon USING (NULL);
CREATE POLICY read_all ON storage.objects FOR SELECT TO anon USING (true);
CREATE POLICY of_the_app ON storage.objects TO worker USING (true);
CREATE POLICY wall ON storage.objects AS RESTRICTIVE FOR DELETE TO anon USING (true);
-- a table of that name elsewhere
CREATE TABLE public.objects (id int);
ALTER TABLE public.objects ENABLE ROW LEVEL SECURITY;
GRANT ALL ON public.objects TO anon;
CREATE POLICY everybody ON public.objects TO anon USING (true);
