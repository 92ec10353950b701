-- expects: bad lab.members own_team | reads its own table
-- expects: bad lab."Mixed ""Case" "odd policy" | reads its own table
-- expects: bad lab.a by_b | leads back by b
-- expects: bad lab.b by_a | leads back by a
-- expects: bad lab.x by_y | leads back by y
-- expects: bad lab.y by_z | leads back by z
-- expects: bad lab.z by_x | leads back by x
CREATE ROLE one;
CREATE ROLE two;
CREATE SCHEMA lab;
CREATE TABLE lab.members (team int, who text);
CREATE POLICY own_team ON lab.members USING (team IN (SELECT m.team FROM lab.members AS m WHERE m.who = current_user));
CREATE TABLE lab."Mixed ""Case" (a int);
CREATE POLICY "odd policy" ON lab."Mixed ""Case" FOR SELECT TO one USING (EXISTS (SELECT FROM lab."Mixed ""Case" WHERE a = 2));
CREATE TABLE lab.a (id int);
CREATE TABLE lab.b (id int);
CREATE POLICY by_b ON lab.a USING (id IN (SELECT b.id FROM lab.b));
CREATE POLICY by_a ON lab.b FOR SELECT USING (id IN (SELECT a.id FROM lab.a));
CREATE TABLE lab.x (id int);
CREATE TABLE lab.y (id int);
CREATE TABLE lab.z (id int);
CREATE POLICY by_y ON lab.x USING (id IN (SELECT y.id FROM lab.y));
CREATE POLICY by_z ON lab.y USING (id IN (SELECT z.id FROM lab.z));
CREATE POLICY by_x ON lab.z USING (id IN (SELECT x.id FROM lab.x));
-- good: a definer function between, a view that reads as its owner, no way back, a write that reads a plain reading policy,
-- roles that never meet, row security off
CREATE TABLE lab.safe (team int, who text);
CREATE FUNCTION lab.teams() RETURNS SETOF int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS 'SELECT team FROM lab.safe WHERE who = session_user';
CREATE POLICY own_team ON lab.safe USING (team IN (SELECT lab.teams()));
CREATE TABLE lab.viewed (team int);
CREATE VIEW lab.of_viewed AS SELECT team FROM lab.viewed;
CREATE POLICY by_view ON lab.viewed USING (team IN (SELECT v.team FROM lab.of_viewed AS v));
CREATE TABLE lab.reads_a (id int);
CREATE POLICY by_plain ON lab.reads_a USING (id IN (SELECT s.team FROM lab.safe AS s));
CREATE TABLE lab.written (id int, part int);
CREATE POLICY read_it ON lab.written FOR SELECT USING (id > 0);
CREATE POLICY change ON lab.written FOR UPDATE USING (part = (SELECT max(w.part) FROM lab.written AS w));
CREATE TABLE lab.p (id int);
CREATE TABLE lab.q (id int);
CREATE POLICY by_q ON lab.p TO one USING (id IN (SELECT q.id FROM lab.q));
CREATE POLICY by_p ON lab.q TO two USING (id IN (SELECT p.id FROM lab.p));
CREATE TABLE lab.outside (id int, x text);
CREATE POLICY correlated ON lab.outside USING (EXISTS (SELECT FROM lab.reads_a AS r WHERE r.id = outside.id));
DO $$
DECLARE t regclass;
BEGIN
    FOR t IN SELECT DISTINCT polrelid FROM pg_policy LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    END LOOP;
END $$;
CREATE TABLE lab.off (a int);
CREATE POLICY own ON lab.off USING (a IN (SELECT o.a FROM lab.off AS o));
