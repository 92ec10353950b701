-- expects: bad lab.call(integer) | JWT of service_role
-- expects: bad lab.other_token() | JWT
-- expects: bad lab.several() | AWS access key and others
-- expects: bad lab."Mixed ""Case"() | address with password
-- expects: bad lab.by_dblink() | connection password
-- expects: bad lab.make_role() | role password
-- expects: bad lab.bound() | Supabase secret key
-- expects: bad lab.t webhook | JWT of service_role
-- expects: bad lab.seen | Stripe key
-- expects: bad lab.t.token | GitHub token
-- expects: bad comment on table lab.t | authorization header
-- expects: bad cron job nightly | JWT of service_role
-- expects: bad cron job 2 | private key
-- expects: info lab.public_key() | JWT of anon
-- expects: info lab.expired() | expired JWT of service_role
SET LOCAL check_function_bodies = off;
CREATE SCHEMA lab;
CREATE SCHEMA cron;
CREATE FUNCTION lab.call(a int) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN 'Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZSIsInJvbGUiOiJzZXJ2aWNlX3JvbGUiLCJleHAiOjQxMDI0NDQ4MDB9.c2lnbmF0dXJlLW9mLW5vdGhpbmc';
END $$;
CREATE FUNCTION lab.other_token() RETURNS text LANGUAGE sql AS $$ SELECT 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLW5vdGhpbmc' $$;
CREATE FUNCTION lab.several() RETURNS record LANGUAGE sql AS $$ SELECT 'AKIAQWERTYUIOPASDFGH', 'xoxb-123456789012-abcdef' $$;
CREATE FUNCTION lab."Mixed ""Case"() RETURNS text LANGUAGE sql AS $$ SELECT 'postgresql://app:hunter22@db.lab.test/app' $$;
CREATE FUNCTION lab.by_dblink() RETURNS text LANGUAGE sql AS $$ SELECT 'host=db.lab.test dbname=app password=hunter22' $$;
CREATE FUNCTION lab.make_role() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE ROLE x LOGIN PASSWORD 'hunter22'; END $$;
CREATE FUNCTION lab.bound() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT 'sb_secret_q1w2e3r4t5y6u7i8o9p0'; END;
CREATE FUNCTION lab.public_key() RETURNS text LANGUAGE sql AS $$ SELECT 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZSIsInJvbGUiOiJhbm9uIiwiZXhwIjo0MTAyNDQ0ODAwfQ.c2lnbmF0dXJlLW9mLW5vdGhpbmc' $$;
CREATE FUNCTION lab.expired() RETURNS text LANGUAGE sql AS $$ SELECT 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZSIsInJvbGUiOiJzZXJ2aWNlX3JvbGUiLCJleHAiOjEwMDAwMDAwMDB9.c2lnbmF0dXJlLW9mLW5vdGhpbmc' $$;
CREATE FUNCTION lab.on_write() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE lab.t (a int, token text DEFAULT 'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
    plain text DEFAULT 'a text that is long enough, and no secret');
CREATE TRIGGER webhook AFTER INSERT ON lab.t FOR EACH ROW
    EXECUTE FUNCTION lab.on_write('https://lab.test/hook', 'POST', '{"Authorization":"Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZSIsInJvbGUiOiJzZXJ2aWNlX3JvbGUiLCJleHAiOjQxMDI0NDQ4MDB9.c2lnbmF0dXJlLW9mLW5vdGhpbmc"}');
CREATE VIEW lab.seen AS SELECT 1 AS a WHERE 'sk_live_q1w2e3r4t5y6u7i8o9p0' <> '';
COMMENT ON TABLE lab.t IS 'call it with Authorization: Bearer q1w2e3r4t5y6u7i8o9p0';
CREATE TABLE cron.job (jobid bigint, jobname text, command text);
INSERT INTO cron.job VALUES (1, 'nightly', 'SELECT net.http_post(headers := ''{"Authorization":"Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZSIsInJvbGUiOiJzZXJ2aWNlX3JvbGUiLCJleHAiOjQxMDI0NDQ4MDB9.c2lnbmF0dXJlLW9mLW5vdGhpbmc"}'')'),
    (2, NULL, 'SELECT ''-----BEGIN RSA PRIVATE KEY-----'''), (3, 'harmless', 'VACUUM');
-- good: placeholders, keys that are looked up, parameters, addresses without a password
CREATE FUNCTION lab.placeholders() RETURNS record LANGUAGE sql
    AS $$ SELECT 'postgresql://user:password@host/db', 'AKIAIOSFODNN7EXAMPLE', 'Bearer <your_token_goes_here_now>', 'password=****' $$;
CREATE FUNCTION lab.looked_up() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN 'Bearer ' || (SELECT decrypted_secret FROM vault.decrypted_secrets WHERE name = 'service_role_key_of_the_project');
END $$;
CREATE FUNCTION lab.parameters(password text) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE ROLE x LOGIN PASSWORD %L', password);
    RETURN password = crypt(password, 'user password = none');
END $$;
CREATE FUNCTION lab.address() RETURNS text LANGUAGE sql AS $$ SELECT 'https://db.lab.test:5432/path@2 and s3://bucket/key' $$;
CREATE TRIGGER plain AFTER INSERT ON lab.t FOR EACH ROW EXECUTE FUNCTION lab.on_write('https://lab.test/hook', '{}');
CREATE VIEW lab.plain AS SELECT 'a text that is long enough, and no secret' AS a;
COMMENT ON COLUMN lab.t.a IS 'the password is kept in Vault under its name';
