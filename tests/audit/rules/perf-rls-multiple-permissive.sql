-- expects: info lab.twice | 2 apply to SELECT
-- expects: info lab.all_and_one | 2 apply to DELETE
-- expects: info lab.public_and_role | 2 apply to SELECT
-- expects: info lab."Mixed ""Case" | 3 apply to INSERT
CREATE ROLE anon;
CREATE ROLE worker;
CREATE SCHEMA lab;
CREATE TABLE lab.twice (a int);
ALTER TABLE lab.twice ENABLE ROW LEVEL SECURITY;
CREATE POLICY one ON lab.twice FOR SELECT TO anon, worker USING (a = 1);
CREATE POLICY "Two ""x" ON lab.twice FOR SELECT TO anon, worker USING (a = 2);
CREATE TABLE lab.all_and_one (a int);
ALTER TABLE lab.all_and_one ENABLE ROW LEVEL SECURITY;
CREATE POLICY one ON lab.all_and_one TO worker USING (a = 1);
CREATE POLICY two ON lab.all_and_one FOR DELETE TO worker, anon USING (a = 2);
CREATE TABLE lab.public_and_role (a int);
ALTER TABLE lab.public_and_role ENABLE ROW LEVEL SECURITY;
CREATE POLICY one ON lab.public_and_role FOR SELECT USING (a = 1);
CREATE POLICY two ON lab.public_and_role FOR SELECT TO anon USING (a = 2);
CREATE TABLE lab."Mixed ""Case" (a int);
ALTER TABLE lab."Mixed ""Case" ENABLE ROW LEVEL SECURITY;
CREATE POLICY one ON lab."Mixed ""Case" FOR INSERT WITH CHECK (a = 1);
CREATE POLICY two ON lab."Mixed ""Case" FOR INSERT TO anon WITH CHECK (a = 2);
CREATE POLICY three ON lab."Mixed ""Case" USING (a = 3);
-- good: one for each command, one for each role, the second restrictive, row security off
CREATE TABLE lab.each_command (a int);
ALTER TABLE lab.each_command ENABLE ROW LEVEL SECURITY;
CREATE POLICY one ON lab.each_command FOR SELECT USING (a = 1);
CREATE POLICY two ON lab.each_command FOR DELETE USING (a = 2);
CREATE TABLE lab.each_role (a int);
ALTER TABLE lab.each_role ENABLE ROW LEVEL SECURITY;
CREATE POLICY one ON lab.each_role TO anon USING (a = 1);
CREATE POLICY two ON lab.each_role TO worker USING (a = 2);
CREATE TABLE lab.narrowed (a int);
ALTER TABLE lab.narrowed ENABLE ROW LEVEL SECURITY;
CREATE POLICY one ON lab.narrowed USING (a = 1);
CREATE POLICY two ON lab.narrowed AS RESTRICTIVE USING (a = 2);
CREATE TABLE lab.off (a int);
CREATE POLICY one ON lab.off USING (a = 1);
CREATE POLICY two ON lab.off USING (a = 2);
