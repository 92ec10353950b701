-- expects: watch lab.notes own_rows | overruled by everybody
-- expects: watch lab."Mixed ""Case" "own rows" | overruled by "all of it"
-- expects: watch lab.written put_own | overruled by all_of_it
-- expects: info lab.twins second | the same as first
CREATE ROLE one;
CREATE ROLE two;
CREATE SCHEMA lab;
CREATE TABLE lab.notes (id int PRIMARY KEY, owner text);
CREATE POLICY own_rows ON lab.notes FOR SELECT TO one USING (owner = current_user);
CREATE POLICY everybody ON lab.notes FOR SELECT USING (true);
CREATE TABLE lab."Mixed ""Case" (id int PRIMARY KEY, owner text);
CREATE POLICY "own rows" ON lab."Mixed ""Case" TO one, two USING (owner = current_user) WITH CHECK (owner = current_user);
CREATE POLICY "all of it" ON lab."Mixed ""Case" TO two, one USING (1 = 1);
CREATE TABLE lab.written (id int PRIMARY KEY, owner text);
CREATE POLICY put_own ON lab.written FOR INSERT TO one WITH CHECK (owner = current_user);
CREATE POLICY all_of_it ON lab.written TO one USING (owner = 'x' OR true) WITH CHECK (true);
CREATE TABLE lab.twins (id int PRIMARY KEY, owner text);
CREATE POLICY first ON lab.twins FOR SELECT TO one USING (owner  =  current_user);
CREATE POLICY second ON lab.twins FOR SELECT TO one USING (owner = current_user);
-- good: reading is open and writing is not, other roles, other commands, a wide check behind a narrow condition, restrictive
CREATE TABLE lab.good (id int PRIMARY KEY, owner text);
CREATE POLICY read_all ON lab.good FOR SELECT USING (true);
CREATE POLICY own_rows ON lab.good USING (owner = current_user);
CREATE POLICY only_ours ON lab.good AS RESTRICTIVE FOR SELECT USING (id > 0);
CREATE TABLE lab.apart (id int PRIMARY KEY, owner text);
CREATE POLICY all_of_it ON lab.apart TO one USING (true);
CREATE POLICY own_rows ON lab.apart TO two USING (owner = current_user);
CREATE POLICY own_of_both ON lab.apart TO one, two USING (owner = session_user);
CREATE TABLE lab.half (id int PRIMARY KEY, owner text);
CREATE POLICY narrow ON lab.half FOR UPDATE USING (true) WITH CHECK (owner = current_user);
CREATE POLICY too ON lab.half FOR UPDATE USING (owner = 'x');
DO $$
DECLARE t regclass;
BEGIN
    FOR t IN SELECT DISTINCT polrelid FROM pg_policy LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    END LOOP;
END $$;
CREATE TABLE lab.off (id int PRIMARY KEY, owner text);
CREATE POLICY own_rows ON lab.off USING (owner = current_user);
CREATE POLICY all_of_it ON lab.off USING (true);
