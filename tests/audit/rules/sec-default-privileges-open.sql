-- expects: watch postgres: tables in public | anon and 1 more, new tables
-- expects: watch "Mixed ""Case": functions in public | anon, new functions
-- expects: watch "Mixed ""Case": tables | PUBLIC, new tables
-- expects: info postgres: sequences in public | anon, new sequences
-- expects: info postgres: tables in lab | anon, new tables
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE service_role;
CREATE ROLE "Mixed ""Case";
CREATE SCHEMA lab;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, service_role;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO authenticated;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO anon;
ALTER DEFAULT PRIVILEGES IN SCHEMA lab GRANT SELECT ON TABLES TO anon;
ALTER DEFAULT PRIVILEGES FOR ROLE "Mixed ""Case" IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO anon;
ALTER DEFAULT PRIVILEGES FOR ROLE "Mixed ""Case" GRANT SELECT ON TABLES TO PUBLIC;
-- good: for the service only, types, and the functions' own beginning written down
ALTER DEFAULT PRIVILEGES IN SCHEMA lab GRANT ALL ON SEQUENCES TO service_role;
ALTER DEFAULT PRIVILEGES IN SCHEMA lab GRANT USAGE ON TYPES TO PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO service_role;
