-- limits: mb=0 days=0
-- expects: watch lab.never | 8k, never scanned
-- expects: watch lab."Mixed ""Case" | 8k, never scanned
-- expects: watch lab.expression | 8k, never scanned
-- expects: watch lab.root_m | 8k, never scanned
-- expects: watch lab.second_support | 8k, never scanned
-- expects: watch lab.wide | 8k, never scanned
CREATE SCHEMA lab;
CREATE TABLE lab.t (a int PRIMARY KEY, b text, c text UNIQUE, d int);
CREATE INDEX never ON lab.t (b);
CREATE INDEX "Mixed ""Case" ON lab.t (d) WHERE a > 0;
CREATE INDEX expression ON lab.t (lower(b));
CREATE TABLE lab.root (n int, m int) PARTITION BY RANGE (n);
CREATE TABLE lab.leaf PARTITION OF lab.root FOR VALUES FROM (0) TO (10);
CREATE INDEX root_m ON lab.root (m);
CREATE TABLE lab.twice (a int REFERENCES lab.t);
CREATE INDEX first_support ON lab.twice (a);
CREATE INDEX second_support ON lab.twice (a DESC);
-- good: the last support of a foreign key, unique, of a constraint, the replica identity;
-- narrow is for perf-redundant-index
CREATE INDEX narrow ON lab.t (c) WHERE a > 0;
CREATE INDEX wide ON lab.t (c) INCLUDE (b) WHERE a > 0;
CREATE TABLE lab.child (a int REFERENCES lab.t, b int NOT NULL, EXCLUDE USING btree (b WITH =));
CREATE INDEX support ON lab.child (a);
CREATE UNIQUE INDEX guard ON lab.child (b);
ALTER TABLE lab.child REPLICA IDENTITY USING INDEX guard;
