-- lacks: setting
CREATE SCHEMA lab;
CREATE TABLE lab.sound (id int PRIMARY KEY);
