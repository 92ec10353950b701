-- expects: watch lab.open(integer) | any role as superuser
-- expects: watch lab."Mixed ""Case"() | any role past row security
-- expects: watch lab.by_api() | the API as superuser
-- expects: info lab.for_some() | some roles as superuser
CREATE SCHEMA lab;
CREATE ROLE anon;
CREATE ROLE lab_passing BYPASSRLS;
CREATE ROLE lab_plain;
CREATE FUNCTION lab.open(a int) RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
CREATE FUNCTION lab."Mixed ""Case"() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
ALTER FUNCTION lab."Mixed ""Case"() OWNER TO lab_passing;
CREATE FUNCTION lab.by_api() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION lab.by_api() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lab.by_api() TO anon;
CREATE FUNCTION lab.for_some() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION lab.for_some() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lab.for_some() TO lab_plain;
-- good: a narrow owner, the caller's rights, its owner's only, a trigger function
CREATE FUNCTION lab.narrow() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
ALTER FUNCTION lab.narrow() OWNER TO lab_plain;
CREATE FUNCTION lab.as_caller() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION lab.for_owner() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION lab.for_owner() FROM PUBLIC;
CREATE FUNCTION lab.on_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS 'BEGIN RETURN NEW; END';
