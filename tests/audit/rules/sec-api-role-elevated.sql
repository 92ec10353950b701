-- expects: bad anon | passes row security
-- expects: bad authenticated | is in pg_read_all_stats
CREATE ROLE anon BYPASSRLS CREATEDB LOGIN;
CREATE ROLE authenticated;
CREATE ROLE service_role;
CREATE ROLE "Mixed ""Case";
CREATE ROLE lab_harmless;
-- over two steps
GRANT pg_read_all_stats TO "Mixed ""Case";
GRANT "Mixed ""Case" TO authenticated;
-- good: a group without privileges, the login role that may become them
GRANT lab_harmless TO authenticated;
CREATE ROLE authenticator LOGIN NOINHERIT;
GRANT anon, authenticated, service_role TO authenticator;
