-- expects: info lab.t deny_all | lets nothing pass
-- expects: info lab.t nothing | lets nothing pass
-- expects: info lab.t one_is_two | lets nothing pass
-- expects: info lab.t contradiction | lets nothing pass
-- expects: info lab.t never_itself | lets nothing pass
-- expects: info lab.t not_itself | lets nothing pass
-- expects: info lab.t key_is_null | lets nothing pass
-- expects: info lab.t null_and_not | lets nothing pass
-- expects: info lab.t wrapped | lets nothing pass
-- expects: watch lab."Mixed ""Case" "the wall" | closes all commands
-- expects: watch lab.half no_new | closes INSERT, UPDATE
-- expects: info lab.walled wall | closes SELECT
-- expects: info lab.apart wall | closes all commands
-- expects: info lab.off sleeping | closes all commands
CREATE ROLE one;
CREATE ROLE two;
CREATE SCHEMA lab;
CREATE TABLE lab.t (id int PRIMARY KEY, b int, c text);
ALTER TABLE lab.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY deny_all ON lab.t USING (false);
CREATE POLICY nothing ON lab.t FOR SELECT USING (NULL);
CREATE POLICY one_is_two ON lab.t FOR DELETE USING (1 = 2);
CREATE POLICY contradiction ON lab.t FOR SELECT USING (b = 3 AND NOT true);
CREATE POLICY never_itself ON lab.t FOR SELECT USING (b <> b);
CREATE POLICY not_itself ON lab.t FOR SELECT USING (NOT (c = c));
CREATE POLICY key_is_null ON lab.t FOR UPDATE USING (id IS NULL);
CREATE POLICY null_and_not ON lab.t FOR SELECT USING (b IS NULL AND c = 'x' AND b IS NOT NULL);
CREATE POLICY wrapped ON lab.t FOR SELECT USING ((SELECT false));
-- one that counts, and a restrictive one that closes it
CREATE TABLE lab."Mixed ""Case" (id int PRIMARY KEY);
ALTER TABLE lab."Mixed ""Case" ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON lab."Mixed ""Case" USING (id = 1);
CREATE POLICY "the wall" ON lab."Mixed ""Case" AS RESTRICTIVE USING (false);
CREATE TABLE lab.half (id int PRIMARY KEY);
ALTER TABLE lab.half ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON lab.half USING (id = 1);
CREATE POLICY no_new ON lab.half AS RESTRICTIVE USING (id > 0) WITH CHECK (1 > 1);
-- closed, and nobody says otherwise: no policy for the command, or for other roles
CREATE TABLE lab.walled (id int PRIMARY KEY);
ALTER TABLE lab.walled ENABLE ROW LEVEL SECURITY;
CREATE POLICY put ON lab.walled FOR INSERT WITH CHECK (id = 1);
CREATE POLICY wall ON lab.walled AS RESTRICTIVE FOR SELECT USING (false);
CREATE TABLE lab.apart (id int PRIMARY KEY);
ALTER TABLE lab.apart ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON lab.apart TO one USING (id = 1);
CREATE POLICY wall ON lab.apart AS RESTRICTIVE TO two USING (false);
CREATE TABLE lab.off (id int PRIMARY KEY);
CREATE POLICY own ON lab.off USING (id = 1);
CREATE POLICY sleeping ON lab.off AS RESTRICTIVE USING (false);
-- good: a condition, true, null on one side only
CREATE TABLE lab.good (id int PRIMARY KEY, b int, flag boolean);
ALTER TABLE lab.good ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON lab.good USING (id = 1);
CREATE POLICY everything ON lab.good USING (true);
CREATE POLICY several ON lab.good USING (b IS NULL);
CREATE POLICY marked ON lab.good USING (flag OR false);
CREATE POLICY either ON lab.good USING (b <> b OR id = 3);
CREATE POLICY wall ON lab.good AS RESTRICTIVE USING (flag IS NOT FALSE);
