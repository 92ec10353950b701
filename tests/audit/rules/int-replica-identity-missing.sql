-- expects: watch lab.bare | UPDATE fails: no primary key
-- expects: watch lab.keyed | UPDATE fails: identity nothing
-- expects: watch lab.gone | UPDATE fails: index is gone
-- expects: watch lab."Mixed ""Case" | UPDATE fails: no primary key
-- expects: watch lab.late | UPDATE fails: no primary key
-- expects: watch lab.leaf | UPDATE fails: no primary key
CREATE SCHEMA lab;
CREATE TABLE lab.bare (a int);
CREATE TABLE lab.keyed (a int PRIMARY KEY);
ALTER TABLE lab.keyed REPLICA IDENTITY NOTHING;
CREATE TABLE lab.gone (a int NOT NULL);
CREATE UNIQUE INDEX gone_idx ON lab.gone (a);
ALTER TABLE lab.gone REPLICA IDENTITY USING INDEX gone_idx;
DROP INDEX lab.gone_idx;
CREATE TABLE lab."Mixed ""Case" (a int NOT NULL);
CREATE UNIQUE INDEX "odd ""idx" ON lab."Mixed ""Case" (a);
-- a deferrable key names no row for replication
CREATE TABLE lab.late (a int PRIMARY KEY DEFERRABLE);
CREATE TABLE lab.root (a int) PARTITION BY RANGE (a);
CREATE TABLE lab.leaf PARTITION OF lab.root FOR VALUES FROM (0) TO (10);
-- good: with a key, whole rows, an index that serves, not published, published for INSERT only
CREATE TABLE lab.good (a int PRIMARY KEY);
CREATE TABLE lab.whole (a int);
ALTER TABLE lab.whole REPLICA IDENTITY FULL;
CREATE TABLE lab.served (a int NOT NULL);
CREATE UNIQUE INDEX served_idx ON lab.served (a);
ALTER TABLE lab.served REPLICA IDENTITY USING INDEX served_idx;
CREATE TABLE lab.private (a int);
CREATE TABLE lab.log (a int);
CREATE PUBLICATION everything FOR TABLE lab.bare, lab.keyed, lab.gone, lab."Mixed ""Case", lab.late, lab.good, lab.whole, lab.served;
CREATE PUBLICATION parts FOR TABLE lab.root WITH (publish_via_partition_root);
CREATE PUBLICATION inserts FOR TABLE lab.log WITH (publish = 'insert');
