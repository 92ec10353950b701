-- expects: info roles and tablespaces
-- expects: info settings of the database | 1 only with --create
-- expects: info large objects | not in a dump of parts
-- expects: info subscriptions | come back switched off
-- expects: info foreign tables | 1 without their rows
-- expects: info unlogged tables | 1 only from the primary
-- expects: watch extension plpgsql | rows of 1 table
-- expects: watch secrets of the vault | the root key is not in it
-- expects: watch schemas of the platform | platform dumps lack their rows
CREATE SCHEMA lab;
CREATE ROLE "Mixed ""Case";
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET work_mem = ''5MB''', current_database());
END
$$;
SELECT lo_create(0);
CREATE SUBSCRIPTION "Mixed ""Case" CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);
CREATE FOREIGN DATA WRAPPER lab_wrapper;
CREATE SERVER lab_server FOREIGN DATA WRAPPER lab_wrapper;
CREATE FOREIGN TABLE lab.elsewhere (a int) SERVER lab_server;
CREATE UNLOGGED TABLE lab.cache (a int);
-- a table of an extension, with rows that no dump holds; one that is empty loses nothing
CREATE TABLE lab."Mixed ""Case" (a int);
INSERT INTO lab."Mixed ""Case" VALUES (1);
CREATE TABLE lab.bare (a int);
ANALYZE lab."Mixed ""Case", lab.bare;
ALTER EXTENSION plpgsql ADD TABLE lab."Mixed ""Case";
ALTER EXTENSION plpgsql ADD TABLE lab.bare;
CREATE ROLE supabase_admin;
CREATE SCHEMA vault;
CREATE TABLE vault.secrets (a int);
CREATE SCHEMA auth;
CREATE TABLE auth.users (a int);
