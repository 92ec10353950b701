-- expects: bad lab.as_owner() | lab_lang, any role calls it
-- expects: watch lab.as_caller() | lab_lang, any role calls it
-- expects: watch lab."Mixed ""Case"(integer) | lab_lang, some roles call it
SET LOCAL check_function_bodies = off;
CREATE SCHEMA lab;
CREATE ROLE lab_app;
CREATE LANGUAGE lab_lang HANDLER plpgsql_call_handler;
CREATE FUNCTION lab.as_owner() RETURNS int LANGUAGE lab_lang SECURITY DEFINER AS 'BEGIN RETURN 1; END';
CREATE FUNCTION lab.as_caller() RETURNS int LANGUAGE lab_lang AS 'BEGIN RETURN 1; END';
CREATE FUNCTION lab."Mixed ""Case"(a int) RETURNS int LANGUAGE lab_lang AS 'BEGIN RETURN 1; END';
REVOKE EXECUTE ON FUNCTION lab."Mixed ""Case"(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lab."Mixed ""Case"(int) TO lab_app;
-- good: for its owner only, in a language with limits
CREATE FUNCTION lab.for_owner() RETURNS int LANGUAGE lab_lang AS 'BEGIN RETURN 1; END';
REVOKE EXECUTE ON FUNCTION lab.for_owner() FROM PUBLIC;
CREATE FUNCTION lab.good() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
