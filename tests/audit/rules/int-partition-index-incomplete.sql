-- expects: watch lab.half_idx | 1 of 2 partitions lack it
-- expects: watch lab."Mixed ""Case" | 2 of 2 partitions lack it
-- expects: watch lab.once_key | 1 of 1 partitions lack it
-- expects: watch lab.below_idx | 1 of 1 partitions lack it
-- expects: watch lab.ready_idx | 1 of 1 partitions lack it
CREATE SCHEMA lab;
CREATE TABLE lab.half (a int, b text) PARTITION BY RANGE (a);
CREATE TABLE lab.half1 PARTITION OF lab.half FOR VALUES FROM (0) TO (10);
CREATE TABLE lab.half2 PARTITION OF lab.half FOR VALUES FROM (10) TO (20);
CREATE INDEX half_idx ON ONLY lab.half (a, lower(b)) WHERE a > 3;
CREATE INDEX half1_idx ON lab.half1 (a, lower(b)) WHERE a > 3;
ALTER INDEX lab.half_idx ATTACH PARTITION lab.half1_idx;
CREATE INDEX "Mixed ""Case" ON ONLY lab.half (b DESC);
CREATE TABLE lab.once (a int NOT NULL, b int) PARTITION BY RANGE (a);
CREATE TABLE lab.once1 PARTITION OF lab.once FOR VALUES FROM (0) TO (10);
ALTER TABLE ONLY lab.once ADD CONSTRAINT once_key UNIQUE (a);
-- one level below: the finding is where the index is missing, the one above waits for it
CREATE TABLE lab.above (a int, b int) PARTITION BY RANGE (a);
CREATE TABLE lab.below PARTITION OF lab.above FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (b);
CREATE TABLE lab.leaf PARTITION OF lab.below FOR VALUES FROM (0) TO (10);
CREATE INDEX above_idx ON ONLY lab.above (a);
CREATE INDEX below_idx ON ONLY lab.below (a);
ALTER INDEX lab.above_idx ATTACH PARTITION lab.below_idx;
-- an index of the same shape is there already
CREATE TABLE lab.ready (a int) PARTITION BY RANGE (a);
CREATE TABLE lab.ready1 PARTITION OF lab.ready FOR VALUES FROM (0) TO (10);
CREATE INDEX ready_idx ON ONLY lab.ready (a);
CREATE INDEX "has ready" ON lab.ready1 (a);
-- good: whole, without partitions, an ordinary invalid index (a rule of its own)
CREATE TABLE lab.whole (a int) PARTITION BY RANGE (a);
CREATE TABLE lab.whole1 PARTITION OF lab.whole FOR VALUES FROM (0) TO (10);
CREATE INDEX whole_idx ON lab.whole (a);
CREATE TABLE lab.empty (a int) PARTITION BY RANGE (a);
CREATE INDEX empty_idx ON ONLY lab.empty (a);
CREATE TABLE lab.plain (a int);
CREATE INDEX plain_idx ON lab.plain (a);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'lab.plain_idx'::regclass;
