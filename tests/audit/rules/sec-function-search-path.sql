-- expects: bad lab.open_to_all(uuid, text[]) | any role may call it
-- expects: watch lab.for_some() | some roles may call it
-- expects: info lab.for_owner() | only its owner may call it
-- expects: bad lab.on_write() | a trigger runs it for all
-- expects: bad lab.work(integer) | any role may call it
-- expects: bad lab.sql_body() | any role may call it
-- expects: bad lab.other_setting() | any role may call it
-- expects: info lab.as_caller() | its caller's path counts
-- expects: info lab.sql_as_caller() | its caller's path counts
CREATE SCHEMA lab;
CREATE ROLE lab_caller;
CREATE FUNCTION lab.open_to_all(item uuid, VARIADIC words text[]) RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN 1; END';
CREATE FUNCTION lab.for_some() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN 1; END';
REVOKE EXECUTE ON FUNCTION lab.for_some() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lab.for_some() TO lab_caller;
CREATE FUNCTION lab.for_owner() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN 1; END';
REVOKE EXECUTE ON FUNCTION lab.for_owner() FROM PUBLIC;
CREATE FUNCTION lab.on_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN NEW; END';
CREATE TABLE lab.t (a int);
CREATE TRIGGER t BEFORE INSERT ON lab.t FOR EACH ROW EXECUTE FUNCTION lab.on_write();
CREATE PROCEDURE lab.work(INOUT a int) LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN a := 1; END';
CREATE FUNCTION lab.sql_body() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
CREATE FUNCTION lab.other_setting() RETURNS int LANGUAGE sql SECURITY DEFINER SET work_mem = '4MB' AS 'SELECT 1';
-- run as the caller: no rights are lost
CREATE FUNCTION lab.as_caller() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION lab.sql_as_caller() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- good: fixed in any spelling, bound when made, an aggregate, of an extension
CREATE EXTENSION earthdistance SCHEMA lab CASCADE;
CREATE FUNCTION lab.empty_path() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
CREATE FUNCTION lab.named_path() RETURNS int LANGUAGE sql SECURITY DEFINER SET SEARCH_PATH TO lab, pg_temp SET work_mem = '4MB' AS 'SELECT 1';
CREATE FUNCTION lab.bound() RETURNS int LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT 1; END;
CREATE AGGREGATE lab.total(int) (SFUNC = int4pl, STYPE = int);
COMMENT ON FUNCTION lab.empty_path() IS 'safe, with a comment';
