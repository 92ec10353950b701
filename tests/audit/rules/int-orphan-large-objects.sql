-- expects: info large objects | 2 of 6 left over
CREATE SCHEMA lab;
CREATE DOMAIN lab."lo ""domain" AS oid;
CREATE TABLE lab.kept (a oid, b lab."lo ""domain");
CREATE TABLE lab."Mixed ""Case" ("Held ""here" oid[]);
INSERT INTO lab.kept VALUES (lo_create(0), lo_create(0)), (NULL, NULL);
INSERT INTO lab."Mixed ""Case" VALUES (ARRAY[lo_create(0), lo_create(0)]), (NULL);
SELECT lo_create(0);
SELECT lo_create(0);
