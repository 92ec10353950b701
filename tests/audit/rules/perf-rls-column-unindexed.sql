-- limits: rows=100
-- expects: watch lab.t.owner_id | 1k rows read by policy
-- expects: watch lab.members.user_id | 1k rows read by policy
-- expects: watch lab.root."Mixed ""Case" | 1k rows read by policy
-- expects: watch lab.t.partial
CREATE SCHEMA lab;
CREATE TABLE lab.t (id int PRIMARY KEY, owner_id int, team int, second int, partial int, flag boolean, kind text, area point, mail text);
INSERT INTO lab.t SELECT n, n, n, n, n, true, 'kind ' || n % 3, NULL, n FROM generate_series(1, 1000) AS n;
CREATE INDEX ON lab.t (team, second);
CREATE INDEX ON lab.t (lower(mail));
CREATE INDEX ON lab.t (partial) WHERE partial > 5;
ALTER TABLE lab.t ENABLE ROW LEVEL SECURITY;
CREATE TABLE lab.members (team int PRIMARY KEY, user_id int);
INSERT INTO lab.members SELECT n, n FROM generate_series(1, 1000) AS n;
CREATE TABLE lab.root (id int, "Mixed ""Case" int) PARTITION BY RANGE (id);
CREATE TABLE lab.leaf PARTITION OF lab.root FOR VALUES FROM (0) TO (10000);
INSERT INTO lab.root SELECT n, n FROM generate_series(1, 1000) AS n;
ALTER TABLE lab.root ENABLE ROW LEVEL SECURITY;
CREATE TABLE lab.small (owner_id int);
INSERT INTO lab.small VALUES (1);
ANALYZE lab.t, lab.members, lab.leaf, lab.small;
CREATE POLICY own ON lab.t USING (owner_id = 1);
CREATE POLICY also ON lab.t FOR SELECT USING (owner_id = 2);
CREATE POLICY half ON lab.t USING (partial = 1);
CREATE POLICY of_team ON lab.t USING (team IN (SELECT m.team FROM lab.members AS m WHERE m.user_id = 1));
CREATE POLICY part ON lab.root USING ("Mixed ""Case" = 1);
-- good: leads an index, stands in one's expression, true or false, few values, no order, few rows
CREATE POLICY by_key ON lab.t USING (id = 1);
CREATE POLICY by_mail ON lab.t USING (lower(mail) = 'x');
CREATE POLICY by_flag ON lab.t USING (flag);
CREATE POLICY by_kind ON lab.t USING (kind = 'kind 1');
CREATE POLICY by_area ON lab.t USING (area IS NOT NULL);
CREATE POLICY by_small ON lab.small USING (owner_id = 1);
