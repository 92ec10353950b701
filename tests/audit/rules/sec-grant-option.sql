-- expects: info lab.t for "Mixed ""Case" | Mixed "Case hands on SELECT
-- expects: watch lab.t for anon | anon hands on INSERT, SELECT
-- expects: info lab.f(integer) for lab_app | lab_app hands on EXECUTE
-- expects: info lab for lab_app | lab_app hands on USAGE
-- expects: info lab.s for lab_app | lab_app hands on USAGE
CREATE SCHEMA lab;
CREATE ROLE anon;
CREATE ROLE "Mixed ""Case";
CREATE ROLE lab_app;
CREATE ROLE lab_super SUPERUSER;
CREATE TABLE lab.t (a int);
CREATE SEQUENCE lab.s;
CREATE FUNCTION lab.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
GRANT SELECT ON lab.t TO "Mixed ""Case" WITH GRANT OPTION;
GRANT INSERT, SELECT ON lab.t TO anon WITH GRANT OPTION;
GRANT EXECUTE ON FUNCTION lab.f(int) TO lab_app WITH GRANT OPTION;
GRANT USAGE ON SCHEMA lab TO lab_app WITH GRANT OPTION;
GRANT USAGE ON SEQUENCE lab.s TO lab_app WITH GRANT OPTION;
-- good: without the option, a superuser, the owner
CREATE TABLE lab.good (a int);
GRANT SELECT ON lab.good TO lab_app;
GRANT SELECT ON lab.good TO lab_super WITH GRANT OPTION;
CREATE TABLE lab.owned (a int);
ALTER TABLE lab.owned OWNER TO lab_app;
