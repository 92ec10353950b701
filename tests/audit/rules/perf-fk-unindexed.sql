-- expects: watch lab.bare.parent_id | whole table read for a delete
-- expects: info lab.small.parent_id | 2 rows read for a delete
-- expects: watch lab.large.parent_id | 2k rows read for a delete
-- expects: watch lab.partial.parent_id | whole table read for a delete
-- expects: watch lab.included.parent_id | whole table read for a delete
-- expects: watch lab.brin.parent_id | whole table read for a delete
-- expects: watch lab.second.parent_id | whole table read for a delete
-- expects: watch lab.invalid.parent_id | whole table read for a delete
-- expects: watch lab.pair_gap(a, b) | whole table read for a delete
-- expects: watch lab.root.parent_id | whole table read for a delete
-- expects: watch lab.other_collation.name | whole table read for a delete
-- expects: watch lab.twice.parent_id | whole table read for a delete
CREATE SCHEMA lab;
CREATE TABLE lab.parents (id int PRIMARY KEY);
INSERT INTO lab.parents VALUES (1);
CREATE TABLE lab.pairs (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE lab.names (name text PRIMARY KEY);
CREATE TABLE lab.bare (parent_id int REFERENCES lab.parents);
CREATE TABLE lab.small (parent_id int REFERENCES lab.parents);
INSERT INTO lab.small VALUES (1), (1);
ANALYZE lab.small;
CREATE TABLE lab.large (parent_id int REFERENCES lab.parents);
INSERT INTO lab.large SELECT 1 FROM generate_series(1, 2000);
ANALYZE lab.large;
CREATE TABLE lab.partial (parent_id int REFERENCES lab.parents, n int);
CREATE INDEX ON lab.partial (parent_id) WHERE n > 0;
CREATE TABLE lab.included (n int, parent_id int REFERENCES lab.parents);
CREATE INDEX ON lab.included (n) INCLUDE (parent_id);
CREATE TABLE lab.brin (parent_id int REFERENCES lab.parents);
CREATE INDEX ON lab.brin USING brin (parent_id);
CREATE TABLE lab.second (n int, parent_id int REFERENCES lab.parents);
CREATE INDEX ON lab.second (n, parent_id);
CREATE TABLE lab.invalid (parent_id int REFERENCES lab.parents);
CREATE INDEX unusable ON lab.invalid (parent_id);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'lab.unusable'::regclass;
CREATE TABLE lab.pair_gap (a int, c int, b int, FOREIGN KEY (a, b) REFERENCES lab.pairs);
CREATE INDEX ON lab.pair_gap (a, c, b);
CREATE TABLE lab.root (id int, parent_id int REFERENCES lab.parents) PARTITION BY RANGE (id);
CREATE TABLE lab.leaf1 PARTITION OF lab.root FOR VALUES FROM (0) TO (10);
CREATE TABLE lab.leaf2 PARTITION OF lab.root FOR VALUES FROM (10) TO (20);
CREATE INDEX ON lab.leaf1 (parent_id);
CREATE TABLE lab.other_collation (name text COLLATE "C" REFERENCES lab.names);
CREATE INDEX ON lab.other_collation (name COLLATE "POSIX");
-- two references of the same column are one finding
CREATE TABLE lab.twice (parent_id int REFERENCES lab.parents, FOREIGN KEY (parent_id) REFERENCES lab.parents);
-- good: in any order, with more behind, as a hash, where not null, on every partition, on a partitioned root
CREATE TABLE lab.pair_turned (a int, b int, c int, FOREIGN KEY (a, b) REFERENCES lab.pairs);
CREATE INDEX ON lab.pair_turned (b, a, c);
CREATE TABLE lab.hashed (parent_id int REFERENCES lab.parents);
CREATE INDEX ON lab.hashed USING hash (parent_id);
CREATE TABLE lab.not_null (parent_id int REFERENCES lab.parents);
CREATE INDEX ON lab.not_null (parent_id) WHERE parent_id IS NOT NULL;
CREATE TABLE lab.leaves_only (id int, parent_id int REFERENCES lab.parents) PARTITION BY RANGE (id);
CREATE TABLE lab.leaves_only1 PARTITION OF lab.leaves_only FOR VALUES FROM (0) TO (10);
CREATE INDEX ON lab.leaves_only1 (parent_id);
CREATE TABLE lab.rooted (id int, parent_id int REFERENCES lab.parents) PARTITION BY RANGE (id);
CREATE TABLE lab.rooted1 PARTITION OF lab.rooted FOR VALUES FROM (0) TO (10);
CREATE INDEX ON lab.rooted (parent_id);
CREATE TABLE lab.dropped (gone int, parent_id int REFERENCES lab.parents);
ALTER TABLE lab.dropped DROP COLUMN gone;
CREATE INDEX ON lab.dropped (parent_id);
