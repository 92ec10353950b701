-- expects: watch server | SQL sees no restore test
CREATE SCHEMA lab;
CREATE TABLE lab.kept (a int PRIMARY KEY);
