-- source: nightly
-- expects: watch server | no restore test on record
CREATE SCHEMA lab;
CREATE TABLE lab.kept (a int PRIMARY KEY);
