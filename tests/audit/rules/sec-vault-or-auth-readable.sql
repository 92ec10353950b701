-- expects: bad auth.users | anon may read it
-- expects: bad auth.sessions | every role may read it
-- expects: bad auth.tokens | authenticated reads columns
-- expects: bad vault.decrypted_secrets | anon may read it
-- expects: bad net."Mixed ""Case" | anon may read it
-- expects: watch cron.job | every role may read it
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE service_role;
CREATE ROLE lab_group;
GRANT lab_group TO anon;
CREATE SCHEMA auth;
CREATE SCHEMA vault;
CREATE SCHEMA cron;
CREATE SCHEMA net;
GRANT USAGE ON SCHEMA auth, vault, net TO anon, authenticated, service_role;
GRANT USAGE ON SCHEMA auth, cron TO PUBLIC;
CREATE TABLE auth.users (id int, encrypted_password text);
GRANT SELECT, INSERT ON auth.users TO anon, authenticated, service_role;
CREATE TABLE auth.sessions (id int);
GRANT SELECT ON auth.sessions TO PUBLIC;
CREATE TABLE auth.tokens (id int, token text);
GRANT SELECT (id, token) ON auth.tokens TO authenticated;
CREATE VIEW vault.decrypted_secrets AS SELECT 'x'::text AS decrypted_secret;
GRANT SELECT ON vault.decrypted_secrets TO lab_group;
CREATE TABLE net."Mixed ""Case" (headers text);
GRANT SELECT ON net."Mixed ""Case" TO anon;
CREATE TABLE cron.job (username text);
ALTER TABLE cron.job ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON cron.job USING (username = CURRENT_USER);
GRANT SELECT ON cron.job TO PUBLIC;
-- good: the service's right, row security without a policy, a policy of others, a right to write, a schema that is closed
CREATE TABLE auth.for_service (a int);
GRANT SELECT ON auth.for_service TO service_role;
CREATE TABLE auth.denied (a int);
ALTER TABLE auth.denied ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON auth.denied TO anon;
CREATE TABLE auth.of_others (a int);
ALTER TABLE auth.of_others ENABLE ROW LEVEL SECURITY;
CREATE POLICY service ON auth.of_others TO service_role USING (true);
GRANT SELECT ON auth.of_others TO anon;
CREATE TABLE auth.written (a int);
GRANT INSERT ON auth.written TO anon;
CREATE SCHEMA pgsodium;
CREATE TABLE pgsodium.key (a int);
GRANT SELECT ON pgsodium.key TO anon;
CREATE TABLE public.lab_users (a int);
GRANT SELECT ON public.lab_users TO anon;
