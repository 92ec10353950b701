-- expects: bad lab.members own_team | calls my_teams
-- expects: bad lab.parsed own_team | calls my_parsed_teams
-- expects: bad lab."Mixed ""Case" "odd policy" | calls odd function
-- expects: watch lab.in_plpgsql own_team | calls teams_of
-- expects: bad lab.weak own_team | calls weak_teams
CREATE ROLE one;
CREATE ROLE weak;
CREATE SCHEMA lab;
GRANT USAGE, CREATE ON SCHEMA lab TO weak;
CREATE TABLE lab.members (team int, who text);
CREATE FUNCTION lab.my_teams() RETURNS SETOF int LANGUAGE sql STABLE
    AS 'SELECT m.team FROM lab.members AS m /* no look-up */ WHERE m.who = current_user';
CREATE POLICY own_team ON lab.members USING (team IN (SELECT lab.my_teams()));
CREATE TABLE lab.parsed (team int, who text);
CREATE FUNCTION lab.my_parsed_teams(int) RETURNS boolean LANGUAGE sql STABLE
    BEGIN ATOMIC SELECT EXISTS (SELECT 1 FROM lab.parsed AS p WHERE p.team = $1); END;
CREATE POLICY own_team ON lab.parsed FOR SELECT TO one USING (lab.my_parsed_teams(team));
CREATE TABLE lab."Mixed ""Case" (a int);
CREATE FUNCTION lab."odd function"() RETURNS int LANGUAGE sql STABLE AS 'SELECT max(a) FROM ONLY "lab"."Mixed ""Case"';
CREATE POLICY "odd policy" ON lab."Mixed ""Case" USING (a = lab."odd function"());
CREATE TABLE lab.in_plpgsql (team int, who text);
CREATE FUNCTION lab.teams_of(who text) RETURNS SETOF int LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY SELECT p.team FROM pg_catalog.pg_class AS c JOIN lab.in_plpgsql AS p ON true WHERE p.who = teams_of.who;
END $$;
CREATE POLICY own_team ON lab.in_plpgsql USING (team IN (SELECT lab.teams_of(current_user::text)));
-- the rights of an owner who does not pass the row security of the table are no way out
CREATE TABLE lab.weak (team int, who text);
CREATE FUNCTION lab.weak_teams() RETURNS SETOF int LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT team FROM lab.weak';
ALTER FUNCTION lab.weak_teams() OWNER TO weak;
CREATE POLICY own_team ON lab.weak USING (team IN (SELECT lab.weak_teams()));
-- good: a definer function of the owner, another table, a name in a comment or a string, a policy for writing, row security off
CREATE TABLE lab.safe (team int, who text);
CREATE FUNCTION lab.safe_teams() RETURNS SETOF int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS 'SELECT team FROM lab.safe';
CREATE POLICY own_team ON lab.safe USING (team IN (SELECT lab.safe_teams()));
CREATE TABLE lab.other (team int, who text);
CREATE FUNCTION lab.of_safe() RETURNS SETOF int LANGUAGE sql STABLE
    AS $$ SELECT team FROM lab.safe -- not from lab.other
          WHERE who <> 'other' $$;
CREATE POLICY own_team ON lab.other USING (team IN (SELECT lab.of_safe()));
CREATE TABLE lab.written (team int, who text);
CREATE FUNCTION lab.of_written() RETURNS SETOF int LANGUAGE sql STABLE AS 'SELECT team FROM lab.written';
CREATE POLICY reading ON lab.written FOR SELECT USING (team > 0);
CREATE POLICY put ON lab.written FOR INSERT WITH CHECK (team IN (SELECT lab.of_written()));
DO $$
DECLARE t regclass;
BEGIN
    FOR t IN SELECT DISTINCT polrelid FROM pg_policy LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    END LOOP;
END $$;
CREATE TABLE lab.off (team int);
CREATE FUNCTION lab.of_off() RETURNS SETOF int LANGUAGE sql STABLE AS 'SELECT team FROM lab.off';
CREATE POLICY own ON lab.off USING (team IN (SELECT lab.of_off()));
