-- expects: watch lab.tenant()
-- expects: watch lab."Mixed ""Case"(a integer)
-- expects: watch lab.dice()
-- expects: info lab.of_small()
CREATE SCHEMA lab;
CREATE FUNCTION lab.tenant() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN current_setting(''app.tenant'', true)::int; END';
CREATE FUNCTION lab."Mixed ""Case"(a int) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN a = 1; END';
CREATE FUNCTION lab.dice() RETURNS float8 LANGUAGE plpgsql AS 'BEGIN RETURN random(); END';
CREATE FUNCTION lab.of_small() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION lab.steady() RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 1; END';
CREATE FUNCTION lab.of_check() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION lab.of_none() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE TABLE lab.t (a int);
ALTER TABLE lab.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY one ON lab.t USING (a = lab.tenant());
CREATE POLICY two ON lab.t FOR DELETE USING (lab."Mixed ""Case"(a) OR a = (SELECT lab.tenant()));
CREATE POLICY three ON lab.t FOR UPDATE USING (lab.dice() < 0.5);
CREATE TABLE lab.small (a int);
INSERT INTO lab.small VALUES (1);
ANALYZE lab.small;
ALTER TABLE lab.small ENABLE ROW LEVEL SECURITY;
CREATE POLICY one ON lab.small USING (a = lab.of_small());
-- good: stable, only for what is written, row security off, a function of the server
CREATE POLICY four ON lab.t FOR SELECT USING (a = lab.steady());
CREATE POLICY five ON lab.t FOR INSERT WITH CHECK (a = lab.of_check());
CREATE TABLE lab.off (a int);
CREATE POLICY one ON lab.off USING (a = lab.of_none());
