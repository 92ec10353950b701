-- expects: watch lab.child again | as first
-- expects: watch lab.child weaker | as cascades
-- expects: watch lab.pair turned | as pair_a_b_fkey
CREATE SCHEMA lab;
CREATE TABLE lab.parent (id int PRIMARY KEY, code int UNIQUE, a int, b int, UNIQUE (a, b), UNIQUE (b, a));
CREATE TABLE lab.child (
    p int CONSTRAINT first REFERENCES lab.parent,
    q int CONSTRAINT weaker REFERENCES lab.parent
);
ALTER TABLE lab.child ADD CONSTRAINT again FOREIGN KEY (p) REFERENCES lab.parent;
ALTER TABLE lab.child ADD CONSTRAINT cascades FOREIGN KEY (q) REFERENCES lab.parent ON DELETE CASCADE;
CREATE TABLE lab.pair (a int, b int, FOREIGN KEY (a, b) REFERENCES lab.parent (a, b));
ALTER TABLE lab.pair ADD CONSTRAINT turned FOREIGN KEY (b, a) REFERENCES lab.parent (b, a);
-- good: other columns of the child, other columns of the parent, the partitions of one table
CREATE TABLE lab.good (
    p int REFERENCES lab.parent, q int REFERENCES lab.parent,
    c int CONSTRAINT to_id REFERENCES lab.parent CONSTRAINT to_code REFERENCES lab.parent (code)
);
CREATE TABLE lab.root (p int REFERENCES lab.parent) PARTITION BY RANGE (p);
CREATE TABLE lab.leaf1 PARTITION OF lab.root FOR VALUES FROM (0) TO (10);
CREATE TABLE lab.leaf2 PARTITION OF lab.root FOR VALUES FROM (10) TO (20);
