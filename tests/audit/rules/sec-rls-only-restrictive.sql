-- expects: watch lab.walled | all commands denied
-- expects: watch lab."Mixed ""Case" | SELECT denied
CREATE SCHEMA lab;
CREATE TABLE lab.walled (a int);
ALTER TABLE lab.walled ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON lab.walled AS RESTRICTIVE USING (a = 1);
CREATE TABLE lab."Mixed ""Case" (a int);
ALTER TABLE lab."Mixed ""Case" ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON lab."Mixed ""Case" AS RESTRICTIVE FOR SELECT USING (a = 1);
CREATE POLICY put ON lab."Mixed ""Case" FOR INSERT WITH CHECK (a = 1);
-- good: something to narrow, for the command or for ALL; row security off; no policy
CREATE TABLE lab.good (a int);
ALTER TABLE lab.good ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON lab.good AS RESTRICTIVE FOR SELECT USING (a = 1);
CREATE POLICY door ON lab.good FOR SELECT USING (a > 0);
CREATE TABLE lab.whole (a int);
ALTER TABLE lab.whole ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON lab.whole AS RESTRICTIVE FOR SELECT USING (a = 1);
CREATE POLICY door ON lab.whole USING (a > 0);
CREATE TABLE lab.off (a int);
CREATE POLICY wall ON lab.off AS RESTRICTIVE USING (a = 1);
CREATE TABLE lab.bare (a int);
ALTER TABLE lab.bare ENABLE ROW LEVEL SECURITY;
