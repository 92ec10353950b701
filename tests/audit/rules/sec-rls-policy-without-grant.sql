-- expects: watch lab.t read_it | reader lacks SELECT
-- expects: watch lab.t "Mixed ""Case" | odd "role lacks all rights
-- expects: watch lab.t two_roles | reader lacks UPDATE
-- expects: watch lab_closed.t own | reader lacks USAGE
CREATE ROLE reader;
CREATE ROLE writer;
CREATE ROLE "odd ""role";
CREATE SCHEMA lab;
GRANT USAGE ON SCHEMA lab TO reader, writer, "odd ""role";
CREATE TABLE lab.t (a int, b int);
REVOKE ALL ON lab.t FROM PUBLIC;
ALTER TABLE lab.t ENABLE ROW LEVEL SECURITY;
GRANT UPDATE ON lab.t TO writer;
CREATE POLICY read_it ON lab.t FOR SELECT TO reader USING (a = 1);
CREATE POLICY "Mixed ""Case" ON lab.t TO "odd ""role" USING (a = 1);
CREATE POLICY two_roles ON lab.t FOR UPDATE TO reader, writer USING (a = 1);
CREATE SCHEMA lab_closed;
CREATE TABLE lab_closed.t (a int);
ALTER TABLE lab_closed.t ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON lab_closed.t TO reader;
CREATE POLICY own ON lab_closed.t FOR SELECT TO reader USING (a = 1);
-- good: what lets nothing pass says what the missing right says
CREATE TABLE lab.shut (a int);
ALTER TABLE lab.shut ENABLE ROW LEVEL SECURITY;
CREATE POLICY nobody ON lab.shut TO reader USING (false) WITH CHECK (false);
CREATE POLICY nothing ON lab.shut FOR INSERT TO reader WITH CHECK (1 = 0);
-- good: a right on one column, one by membership, for PUBLIC, a restrictive one, row security off, a superuser
CREATE TABLE lab.good (a int, b int);
ALTER TABLE lab.good ENABLE ROW LEVEL SECURITY;
GRANT SELECT (a) ON lab.good TO reader;
CREATE POLICY one_column ON lab.good FOR SELECT TO reader USING (a = 1);
CREATE ROLE member IN ROLE writer;
GRANT DELETE ON lab.good TO writer;
CREATE POLICY by_membership ON lab.good FOR DELETE TO member USING (a = 1);
CREATE POLICY one_of_four ON lab.good TO writer USING (a = 1);
CREATE POLICY for_all ON lab.good FOR INSERT WITH CHECK (a = 1);
CREATE POLICY wall ON lab.good AS RESTRICTIVE FOR INSERT TO reader WITH CHECK (a = 1);
CREATE ROLE chief SUPERUSER;
CREATE POLICY for_chief ON lab.good FOR UPDATE TO chief USING (a = 1);
CREATE TABLE lab.off (a int);
CREATE POLICY own ON lab.off TO reader USING (a = 1);
