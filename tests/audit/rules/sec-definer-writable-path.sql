-- expects: bad lab.through_all() | any role creates in lab_open
-- expects: bad lab.through_anon() | anon creates in Lab, "one"
-- expects: bad lab.on_write() | any role creates in lab_open
-- expects: watch lab.for_some() | any role creates in lab_open
-- expects: watch lab.through_writer() | lab_writer creates in lab_some
-- expects: watch lab."Mixed ""Case"(integer) | pg_temp comes first
-- expects: watch lab.temp_first() | pg_temp comes first
-- expects: info lab.for_owner() | any role creates in lab_open
CREATE SCHEMA lab;
CREATE SCHEMA lab_open;
CREATE SCHEMA lab_some;
CREATE SCHEMA "Lab, ""one""";
CREATE ROLE anon;
CREATE ROLE lab_writer;
CREATE ROLE lab_caller;
GRANT CREATE ON SCHEMA lab_open TO PUBLIC;
GRANT CREATE ON SCHEMA lab_some TO lab_writer;
GRANT CREATE ON SCHEMA "Lab, ""one""" TO anon;
CREATE FUNCTION lab.through_all() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = lab, LAB_OPEN, pg_temp AS 'SELECT 1';
CREATE FUNCTION lab.through_anon() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = "Lab, ""one""" AS 'SELECT 1';
CREATE FUNCTION lab.on_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = lab_open, pg_temp AS 'BEGIN RETURN NEW; END';
REVOKE EXECUTE ON FUNCTION lab.on_write() FROM PUBLIC;
CREATE TABLE lab.t (a int);
CREATE TRIGGER t BEFORE INSERT ON lab.t FOR EACH ROW EXECUTE FUNCTION lab.on_write();
CREATE FUNCTION lab.for_some() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = lab_open, pg_temp AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION lab.for_some() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lab.for_some() TO lab_caller;
CREATE FUNCTION lab.for_owner() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = lab_open, pg_temp AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION lab.for_owner() FROM PUBLIC;
CREATE FUNCTION lab.through_writer() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = lab_some, pg_temp AS 'SELECT 1';
CREATE FUNCTION lab."Mixed ""Case"(a int) RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = lab AS 'SELECT 1';
CREATE FUNCTION lab.temp_first() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_temp, lab AS 'SELECT 1';
-- good: pg_temp last, nothing to rely on, bound when made, the caller's rights, a name with a comma that nobody made
CREATE FUNCTION lab.sound() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = lab, pg_temp AS 'SELECT 1';
CREATE FUNCTION lab.empty_path() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
CREATE FUNCTION lab.catalog_only() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1';
CREATE FUNCTION lab.bound() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = lab_open BEGIN ATOMIC SELECT 1; END;
CREATE FUNCTION lab.as_caller() RETURNS int LANGUAGE sql SET search_path = lab_open AS 'SELECT 1';
CREATE FUNCTION lab.no_such() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = 'lab_open, lab', pg_temp AS 'SELECT 1';
