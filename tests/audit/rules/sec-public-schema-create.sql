-- expects: bad lab_open | any role creates objects
-- expects: bad "Mixed ""Case" | anon creates objects
-- expects: bad lab_by_group | lab_group creates objects
CREATE ROLE anon;
CREATE ROLE lab_group;
CREATE ROLE lab_migrator LOGIN;
GRANT lab_group TO anon;
-- up to 14 a server comes like this
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA lab_open;
CREATE TABLE lab_open.t (a int);
GRANT CREATE, USAGE ON SCHEMA lab_open TO PUBLIC;
CREATE SCHEMA "Mixed ""Case";
GRANT CREATE ON SCHEMA "Mixed ""Case" TO anon;
CREATE SCHEMA lab_by_group;
GRANT CREATE ON SCHEMA lab_by_group TO lab_group;
-- good: use only, and a role that is meant to
CREATE SCHEMA lab;
GRANT USAGE ON SCHEMA lab TO PUBLIC;
GRANT CREATE ON SCHEMA lab TO lab_migrator;
