-- expects: watch lab.t | all: INSERT, SELECT
-- expects: watch lab."Mixed ""Case" | all: SELECT
-- expects: watch lab.v | all: SELECT
-- expects: info lab.closed | all: SELECT
CREATE SCHEMA lab;
GRANT USAGE ON SCHEMA lab TO PUBLIC;
CREATE ROLE lab_app;
CREATE TABLE lab.t (a int);
GRANT SELECT, INSERT ON lab.t TO PUBLIC, lab_app;
CREATE TABLE lab."Mixed ""Case" (a int, "B b" int);
GRANT SELECT (a, "B b") ON lab."Mixed ""Case" TO PUBLIC;
CREATE VIEW lab.v AS SELECT 1 AS a;
GRANT SELECT ON lab.v TO PUBLIC;
CREATE TABLE lab.closed (a int);
ALTER TABLE lab.closed ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON lab.closed TO PUBLIC;
-- good: for a role, in a schema that is closed
CREATE TABLE lab.good (a int);
GRANT SELECT ON lab.good TO lab_app;
CREATE SCHEMA lab_hidden;
CREATE TABLE lab_hidden.t (a int);
GRANT SELECT ON lab_hidden.t TO PUBLIC;
