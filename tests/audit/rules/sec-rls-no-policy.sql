-- expects: info lab.empty | no row passes, no error
-- expects: info lab."Mixed ""Case" | no row passes, no error
-- expects: info lab.root | no row passes, no error
CREATE SCHEMA lab;
CREATE TABLE lab.empty (a int);
ALTER TABLE lab.empty ENABLE ROW LEVEL SECURITY;
CREATE TABLE lab."Mixed ""Case" (a int);
ALTER TABLE lab."Mixed ""Case" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
-- the root is the finding, not its partition
CREATE TABLE lab.root (a int) PARTITION BY RANGE (a);
CREATE TABLE lab.leaf PARTITION OF lab.root FOR VALUES FROM (0) TO (10);
ALTER TABLE lab.root ENABLE ROW LEVEL SECURITY;
ALTER TABLE lab.leaf ENABLE ROW LEVEL SECURITY;
-- good: a policy, row security off, a partition that is closed while its root has the policy, a temporary table
CREATE TABLE lab.with_policy (a int);
ALTER TABLE lab.with_policy ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON lab.with_policy USING (a = 1);
CREATE TABLE lab.off (a int);
CREATE TABLE lab.good_root (a int) PARTITION BY RANGE (a);
CREATE TABLE lab.good_leaf PARTITION OF lab.good_root FOR VALUES FROM (0) TO (10);
ALTER TABLE lab.good_root ENABLE ROW LEVEL SECURITY;
ALTER TABLE lab.good_leaf ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON lab.good_root USING (a = 1);
CREATE TEMPORARY TABLE passing (a int);
ALTER TABLE passing ENABLE ROW LEVEL SECURITY;
