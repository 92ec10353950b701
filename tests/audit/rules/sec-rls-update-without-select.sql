-- expects: watch lab.t change | app may UPDATE unseen
-- expects: watch lab.t "Mixed ""Case" | app may DELETE unseen
-- expects: watch lab.for_all change | PUBLIC may UPDATE unseen
-- expects: watch lab.others change | app may UPDATE unseen
CREATE ROLE app;
CREATE ROLE other;
CREATE SCHEMA lab;
GRANT USAGE ON SCHEMA lab TO app, other;
CREATE TABLE lab.t (a int, b text);
CREATE POLICY change ON lab.t FOR UPDATE TO app USING (a = 1);
CREATE POLICY "Mixed ""Case" ON lab.t FOR DELETE TO app USING (b = 'it''s {1}');
CREATE TABLE lab.for_all (a int);
CREATE POLICY change ON lab.for_all FOR UPDATE USING (a = 1);
-- who may read is another role
CREATE TABLE lab.others (a int);
CREATE POLICY change ON lab.others FOR UPDATE TO app USING (a = 1);
CREATE POLICY read_it ON lab.others FOR SELECT TO other USING (a = 1);
-- good: a policy to read, for ALL, for everybody, for a role it is a member of; INSERT alone; no right; row security off
CREATE TABLE lab.good (a int);
CREATE POLICY change ON lab.good FOR UPDATE TO app USING (a = 1);
CREATE POLICY read_it ON lab.good FOR SELECT USING (a = 1);
CREATE TABLE lab.whole (a int);
CREATE POLICY remove ON lab.whole FOR DELETE TO app USING (a = 1);
CREATE POLICY everything ON lab.whole TO app USING (a = 2);
CREATE ROLE grouped;
GRANT grouped TO app;
CREATE TABLE lab.by_membership (a int);
CREATE POLICY change ON lab.by_membership FOR UPDATE TO app USING (a = 1);
CREATE POLICY read_it ON lab.by_membership FOR SELECT TO grouped USING (a = 1);
CREATE TABLE lab.everybody_changes (a int);
CREATE POLICY change ON lab.everybody_changes FOR UPDATE USING (a = 1);
CREATE POLICY read_it ON lab.everybody_changes FOR SELECT TO app USING (a = 1);
CREATE TABLE lab.queue (a int);
CREATE POLICY put ON lab.queue FOR INSERT TO app WITH CHECK (a = 1);
GRANT ALL ON ALL TABLES IN SCHEMA lab TO app, other;
CREATE TABLE lab.no_right (a int);
CREATE POLICY change ON lab.no_right FOR UPDATE TO app USING (a = 1);
DO $$
DECLARE t regclass;
BEGIN
    FOR t IN SELECT DISTINCT polrelid FROM pg_policy LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    END LOOP;
END $$;
CREATE TABLE lab.off (a int);
GRANT ALL ON lab.off TO app;
CREATE POLICY change ON lab.off FOR UPDATE TO app USING (a = 1);
