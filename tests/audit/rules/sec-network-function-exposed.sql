-- expects: bad dblink in "Mixed ""Case" | anon calls dblink
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE service_role;
CREATE ROLE authenticator;
ALTER ROLE authenticator SET pgrst.db_schemas = 'public, Mixed "Case';
CREATE SCHEMA "Mixed ""Case";
GRANT USAGE ON SCHEMA "Mixed ""Case" TO anon;
CREATE EXTENSION dblink SCHEMA "Mixed ""Case";
-- one of them is left to the service only
REVOKE EXECUTE ON FUNCTION "Mixed ""Case".dblink_exec(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "Mixed ""Case".dblink_exec(text) TO service_role;
-- good: a function of the same name that belongs to no extension
CREATE FUNCTION public.dblink(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
