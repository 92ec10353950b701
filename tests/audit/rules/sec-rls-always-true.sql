-- expects: watch lab.t read_all | USING (true) to anon
-- expects: info lab.t read_after_login | USING (true) to authenticated
-- expects: bad lab.t write_all | USING (true) to public
-- expects: bad lab.t insert_all | CHECK (true) to anon
-- expects: bad lab.t take_over | CHECK (true) to authenticated
-- expects: bad lab.t delete_all | USING (true) to anon
-- expects: watch lab.t one_is_one | always true to anon
-- expects: watch lab.t not_false | always true to anon
-- expects: watch lab.t never_null | always true to anon
-- expects: watch lab.t or_true | always true to anon
-- expects: watch lab.t nested | always true to anon
-- expects: watch lab.t wrapped | always true to anon
-- expects: watch lab.t column_itself | always true to anon
-- expects: watch lab.t nullable_itself | always true to anon
-- expects: watch lab.t null_or_not | always true to anon
-- expects: watch lab.t one_or_none | always true to anon
-- expects: watch lab.t as_text | always true to anon
-- expects: info lab.narrowed all_of_it | USING (true) to anon
-- expects: info lab.off sleeping | USING (true) to anon
-- expects: info lab.ungranted dead | USING (true) to anon
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE worker;
CREATE SCHEMA lab;
CREATE TABLE lab.t (id int PRIMARY KEY, a int NOT NULL, b int, c text, "tr{ue" boolean);
ALTER TABLE lab.t ENABLE ROW LEVEL SECURITY;
GRANT ALL ON lab.t TO anon, authenticated, worker;
CREATE POLICY read_all ON lab.t FOR SELECT TO anon USING (true);
CREATE POLICY read_after_login ON lab.t FOR SELECT TO authenticated USING (true);
CREATE POLICY write_all ON lab.t USING (true);
CREATE POLICY insert_all ON lab.t FOR INSERT TO anon WITH CHECK (true);
CREATE POLICY take_over ON lab.t FOR UPDATE TO authenticated USING (a = 1) WITH CHECK (true);
CREATE POLICY delete_all ON lab.t FOR DELETE TO anon USING (true);
CREATE POLICY one_is_one ON lab.t FOR SELECT TO anon USING (1 = 1);
CREATE POLICY not_false ON lab.t FOR SELECT TO anon USING (NOT false);
CREATE POLICY never_null ON lab.t FOR SELECT TO anon USING (id IS NOT NULL);
CREATE POLICY or_true ON lab.t FOR SELECT TO anon USING (b = 3 OR true);
CREATE POLICY nested ON lab.t FOR SELECT TO anon USING ((a IS NOT NULL AND (b = 1 OR NOT (false OR 1 <> 1 AND false))));
CREATE POLICY wrapped ON lab.t FOR SELECT TO anon USING ((SELECT true));
CREATE POLICY column_itself ON lab.t FOR SELECT TO anon USING (a = a);
CREATE POLICY nullable_itself ON lab.t FOR SELECT TO anon USING (b = b);
CREATE POLICY null_or_not ON lab.t FOR SELECT TO anon USING (b IS NULL OR a = 7 OR b IS NOT NULL);
CREATE POLICY one_or_none ON lab.t FOR SELECT TO anon USING (1 = 1 OR b IS NULL);
CREATE POLICY as_text ON lab.t FOR SELECT TO anon USING ('x' = 'x');
CREATE TABLE lab.narrowed (id int PRIMARY KEY);
ALTER TABLE lab.narrowed ENABLE ROW LEVEL SECURITY;
GRANT ALL ON lab.narrowed TO anon;
CREATE POLICY all_of_it ON lab.narrowed TO anon USING (true);
CREATE POLICY but_not ON lab.narrowed AS RESTRICTIVE USING (id > 5);
CREATE TABLE lab.off (id int PRIMARY KEY);
GRANT ALL ON lab.off TO anon;
CREATE POLICY sleeping ON lab.off TO anon USING (true);
CREATE TABLE lab.ungranted (id int PRIMARY KEY);
ALTER TABLE lab.ungranted ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON lab.ungranted FROM PUBLIC, anon;
CREATE POLICY dead ON lab.ungranted TO anon USING (true);
-- good: a condition, for the application's own role, false, null, restrictive, nothing written by an unfinished policy
CREATE POLICY own ON lab.t FOR SELECT TO anon USING (a = 1);
CREATE POLICY nullable ON lab.t FOR SELECT TO anon USING (b IS NOT NULL);
CREATE POLICY as_well ON lab.t FOR SELECT TO anon USING (true AND b = 3);
CREATE POLICY not_true ON lab.t FOR SELECT TO anon USING (NOT true);
CREATE POLICY never ON lab.t FOR SELECT TO anon USING (NULL);
CREATE POLICY flag ON lab.t FOR SELECT TO anon USING ("tr{ue");
CREATE POLICY flag_is ON lab.t FOR SELECT TO anon USING ("tr{ue" IS NOT TRUE);
CREATE POLICY brace ON lab.t FOR SELECT TO anon USING (c = 'x{true}' OR c = ')');
CREATE POLICY a_row ON lab.t FOR SELECT TO anon USING (EXISTS (SELECT FROM lab.off AS "x} <T>" WHERE "x} <T>".id IS NOT NULL AND true));
CREATE POLICY of_the_app ON lab.t TO worker USING (true);
CREATE POLICY wall ON lab.t AS RESTRICTIVE FOR DELETE TO worker USING (true);
CREATE POLICY unfinished ON lab.t FOR INSERT TO anon;
CREATE POLICY two_columns ON lab.t FOR SELECT TO anon USING (b IS NULL OR c IS NOT NULL);
CREATE POLICY twice_null ON lab.t FOR SELECT TO anon USING (NOT NULL::boolean);
CREATE POLICY limited ON lab.t FOR SELECT TO anon USING ((SELECT true LIMIT 0));
