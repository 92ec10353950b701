-- Who is there: Supabase's roles, the laboratory's own, the schemas, and what each may do by default.

BEGIN;

CREATE ROLE supabase_admin LOGIN SUPERUSER CREATEDB CREATEROLE REPLICATION BYPASSRLS;
CREATE ROLE supabase_auth_admin LOGIN NOINHERIT CREATEROLE;
CREATE ROLE supabase_storage_admin LOGIN NOINHERIT;
CREATE ROLE anon NOLOGIN NOINHERIT;
CREATE ROLE authenticated NOLOGIN NOINHERIT;
CREATE ROLE service_role NOLOGIN NOINHERIT BYPASSRLS;
CREATE ROLE authenticator LOGIN NOINHERIT;
GRANT anon, authenticated, service_role TO authenticator;

CREATE ROLE lab_owner LOGIN;
CREATE ROLE lab_app LOGIN CONNECTION LIMIT 40;
CREATE ROLE lab_ro LOGIN;
CREATE ROLE cryo_ops LOGIN;
GRANT pg_monitor, pg_signal_backend TO cryo_ops;

ALTER ROLE anon SET statement_timeout = '3s';
ALTER ROLE authenticated SET statement_timeout = '8s';
ALTER ROLE authenticator SET statement_timeout = '8s';
ALTER ROLE authenticator SET lock_timeout = '8s';
ALTER ROLE authenticator SET pgrst.db_schemas = 'public, storage';
ALTER ROLE lab_app SET lock_timeout = '45s';
ALTER ROLE postgres SET search_path = "$user", public, extensions;

CREATE SCHEMA extensions;
CREATE SCHEMA auth AUTHORIZATION supabase_auth_admin;
CREATE SCHEMA storage AUTHORIZATION supabase_storage_admin;
CREATE SCHEMA realtime AUTHORIZATION supabase_admin;
CREATE SCHEMA supabase_migrations;

CREATE EXTENSION pg_stat_statements WITH SCHEMA extensions;
CREATE EXTENSION pgstattuple WITH SCHEMA extensions;
CREATE EXTENSION amcheck WITH SCHEMA extensions;
CREATE EXTENSION pg_buffercache WITH SCHEMA extensions;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CREATE ON SCHEMA public TO lab_owner;
GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role, lab_app, lab_ro;
GRANT USAGE ON SCHEMA extensions TO anon, authenticated, service_role, lab_owner, lab_app, lab_ro, cryo_ops;
GRANT USAGE ON SCHEMA auth TO anon, authenticated, service_role, supabase_storage_admin, lab_owner, lab_app;
GRANT USAGE ON SCHEMA storage TO anon, authenticated, service_role;

-- The platform's habit: whatever is made in public belongs to the API roles as well, row security is the only wall.
ALTER DEFAULT PRIVILEGES FOR ROLE lab_owner IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE lab_owner IN SCHEMA public GRANT ALL ON FUNCTIONS TO anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE lab_owner IN SCHEMA public GRANT ALL ON SEQUENCES TO anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE lab_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO lab_app;
ALTER DEFAULT PRIVILEGES FOR ROLE lab_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO lab_app;

COMMIT;
