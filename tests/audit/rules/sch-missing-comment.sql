-- expects: info lab | 50% of tables have one
-- expects: info "Mixed ""Case" | 0% of tables have one
CREATE SCHEMA lab;
CREATE TABLE lab.a (a int, b int);
CREATE TABLE lab.b (a int);
COMMENT ON TABLE lab.a IS 'What is kept here.';
COMMENT ON COLUMN lab.a.b IS 'What it means.';
CREATE FUNCTION lab.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE SCHEMA "Mixed ""Case";
CREATE TABLE "Mixed ""Case".t (a int);
COMMENT ON TABLE "Mixed ""Case".t IS ' ';
-- good
CREATE SCHEMA lab_good;
CREATE TABLE lab_good.t (a int);
COMMENT ON TABLE lab_good.t IS 'A table.';
COMMENT ON COLUMN lab_good.t.a IS 'A column.';
