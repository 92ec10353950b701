-- expects: bad lab.docs by_member | one may not read members
-- expects: bad lab."Mixed ""Case" "odd policy" | one may not read members
-- expects: bad lab.by_column hidden_column | one may not read half
-- expects: bad lab.by_function through_it | one may not read members
-- expects: bad lab.many by_member | 2 roles may not read members
CREATE ROLE one;
CREATE ROLE two;
CREATE ROLE nobody;
CREATE ROLE passes BYPASSRLS;
CREATE SCHEMA lab;
CREATE TABLE lab.members (who text, doc int);
CREATE TABLE lab.half (who text, doc int, secret text);
GRANT SELECT (who, doc) ON lab.half TO one;
GRANT ALL ON lab.members TO two;
CREATE TABLE lab.docs (id int PRIMARY KEY);
GRANT ALL ON lab.docs TO one, two, passes;
CREATE POLICY by_member ON lab.docs TO one, two, nobody, passes
    USING (id IN (SELECT m.doc FROM lab.members AS m WHERE m.who = current_user));
CREATE TABLE lab."Mixed ""Case" (id int PRIMARY KEY);
GRANT SELECT ON lab."Mixed ""Case" TO one;
CREATE POLICY "odd policy" ON lab."Mixed ""Case" FOR SELECT USING (EXISTS (SELECT FROM lab.members));
CREATE TABLE lab.by_column (id int PRIMARY KEY);
GRANT SELECT ON lab.by_column TO one;
CREATE POLICY hidden_column ON lab.by_column USING (id IN (SELECT h.doc FROM lab.half AS h WHERE h.secret = 'x'));
CREATE TABLE lab.by_function (id int PRIMARY KEY);
GRANT SELECT ON lab.by_function TO one;
CREATE FUNCTION lab.mine(int) RETURNS boolean LANGUAGE sql STABLE
    BEGIN ATOMIC SELECT EXISTS (SELECT 1 FROM lab.members AS m WHERE m.doc = $1); END;
CREATE POLICY through_it ON lab.by_function TO one USING (lab.mine(id));
CREATE TABLE lab.many (id int PRIMARY KEY);
CREATE ROLE three;
GRANT SELECT ON lab.many TO one, three;
CREATE POLICY by_member ON lab.many USING (EXISTS (SELECT FROM lab.members AS m WHERE m.doc = id));
-- good: a role that may read it, columns that are granted, a role that cannot come this far, a definer function, row security off
CREATE TABLE lab.good (id int PRIMARY KEY);
GRANT ALL ON lab.good TO two;
CREATE POLICY by_member ON lab.good USING (EXISTS (SELECT FROM lab.members AS m WHERE m.doc = id));
CREATE TABLE lab.columns (id int PRIMARY KEY);
GRANT ALL ON lab.columns TO one;
CREATE POLICY by_half ON lab.columns TO one USING (EXISTS (SELECT FROM lab.half AS h WHERE h.doc = id));
CREATE TABLE lab.unreachable (id int PRIMARY KEY);
GRANT SELECT ON lab.unreachable TO one;
CREATE POLICY put ON lab.unreachable FOR INSERT TO one WITH CHECK (EXISTS (SELECT FROM lab.members AS m WHERE m.doc = id));
CREATE POLICY never ON lab.unreachable TO nobody USING (EXISTS (SELECT FROM lab.members AS m WHERE m.doc = id));
CREATE TABLE lab.guarded (id int PRIMARY KEY);
GRANT ALL ON lab.guarded TO one;
CREATE FUNCTION lab.theirs(int) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    BEGIN ATOMIC SELECT EXISTS (SELECT 1 FROM lab.members AS m WHERE m.doc = $1); END;
CREATE POLICY through_it ON lab.guarded TO one USING (lab.theirs(id));
DO $$
DECLARE t regclass;
BEGIN
    FOR t IN SELECT DISTINCT polrelid FROM pg_policy LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    END LOOP;
END $$;
CREATE TABLE lab.off (id int PRIMARY KEY);
GRANT ALL ON lab.off TO one;
CREATE POLICY by_member ON lab.off USING (EXISTS (SELECT FROM lab.members AS m WHERE m.doc = id));
