-- expects: watch lab.t uid | auth.uid for each row
-- expects: watch lab.t jwt | auth.jwt for each row
-- expects: watch lab.t setting | current_setting for each row
-- expects: watch lab.t mixed | auth.uid for each row
-- expects: watch lab.t own_function | lab."Tenant ""x" for each row
-- expects: watch lab.t both_parts | auth.uid for each row
-- expects: watch lab.t in_subquery | auth.uid for each row
-- expects: watch lab.t constant_argument | lab.may for each row
-- expects: watch lab.t as_argument | auth.uid for each row
-- expects: watch lab.t correlated | auth.uid for each row
-- expects: watch lab.t looks_like_one | auth.uid for each row
-- expects: watch lab.t "Mixed ""Case" | auth.uid for each row
-- expects: info lab.small uid | auth.uid for each row
CREATE SCHEMA auth;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid';
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS 'SELECT NULL::jsonb';
CREATE SCHEMA lab;
CREATE FUNCTION lab."Tenant ""x"() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
CREATE FUNCTION lab.may(what text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true';
CREATE FUNCTION lab.owns(who uuid, id int) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true';
CREATE FUNCTION lab.fixed() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION lab.teams() RETURNS SETOF int LANGUAGE sql STABLE AS 'SELECT 1';
CREATE TABLE lab.t (id int, owner uuid, org text, "{VAR } x" int, team int);
ALTER TABLE lab.t ENABLE ROW LEVEL SECURITY;
CREATE TABLE lab.members (team int, who uuid);
CREATE POLICY uid ON lab.t USING (owner = auth.uid());
CREATE POLICY jwt ON lab.t FOR DELETE USING ((auth.jwt() -> 'a' ->> 'org') = org);
CREATE POLICY setting ON lab.t USING (id = current_setting('app.tenant')::int OR org = current_setting('app.it''s', true));
CREATE POLICY mixed ON lab.t FOR UPDATE USING (owner = (SELECT auth.uid()) OR (owner = auth.uid() AND id > 0));
CREATE POLICY own_function ON lab.t USING (id = lab."Tenant ""x"() AND "{VAR } x" = 1);
CREATE POLICY both_parts ON lab.t USING (owner = auth.uid()) WITH CHECK (owner = auth.uid() AND id > 0);
CREATE POLICY in_subquery ON lab.t USING (EXISTS (SELECT FROM lab.members AS m WHERE m.who = auth.uid() AND m.team = t.team));
CREATE POLICY constant_argument ON lab.t USING (lab.may('it''s (x)'));
CREATE POLICY as_argument ON lab.t USING (lab.owns(auth.uid(), id));
CREATE POLICY correlated ON lab.t USING ((SELECT lab.owns(auth.uid(), id)));
CREATE POLICY looks_like_one ON lab.t USING (org = 'auth.uid()' AND owner = auth.uid());
CREATE POLICY "Mixed ""Case" ON lab.t FOR INSERT WITH CHECK (owner = auth.uid());
CREATE TABLE lab.small (owner uuid);
INSERT INTO lab.small VALUES (NULL);
ANALYZE lab.small;
ALTER TABLE lab.small ENABLE ROW LEVEL SECURITY;
CREATE POLICY uid ON lab.small USING (owner = auth.uid());
-- good: in a subquery, with what is made of it, needs a column, immutable, in a FROM, row security off
CREATE POLICY wrapped ON lab.t USING (owner = (SELECT auth.uid()));
CREATE POLICY wrapped_more ON lab.t USING (org = (SELECT auth.jwt() -> 'a' ->> 'org') AND team = (SELECT current_setting('app.team')::int));
CREATE POLICY wrapped_deep ON lab.t USING (id > 0 AND (owner = (SELECT coalesce((SELECT m.who FROM lab.members AS m WHERE m.who = auth.uid()), auth.uid()))));
CREATE POLICY wrapped_subquery ON lab.t USING (team IN (SELECT m.team FROM lab.members AS m WHERE m.who = (SELECT auth.uid())));
CREATE POLICY wrapped_set ON lab.t USING (team IN (SELECT lab.teams()) OR team = ANY (ARRAY(SELECT lab.teams())));
CREATE POLICY in_from ON lab.t USING (team IN (SELECT s.n FROM lab.teams() AS s (n)));
CREATE POLICY of_column ON lab.t USING (lab.owns(owner, id));
CREATE POLICY immutable ON lab.t USING (id = lab.fixed());
CREATE TABLE lab.off (owner uuid);
CREATE POLICY uid ON lab.off USING (owner = auth.uid());
