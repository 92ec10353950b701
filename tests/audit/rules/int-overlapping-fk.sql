-- expects: info lab.child crossing | shares a
-- expects: info lab."Mixed ""Case" "in ""wider" | shares "X""y"
CREATE SCHEMA lab;
CREATE TABLE lab.parent (id int PRIMARY KEY, a int, b int, c int, UNIQUE (a, b), UNIQUE (a, c));
CREATE TABLE lab.child (
    a int, b int, c int, CONSTRAINT crossing FOREIGN KEY (a, b) REFERENCES lab.parent (a, b),
    CONSTRAINT second FOREIGN KEY (a, c) REFERENCES lab.parent (a, c)
);
CREATE TABLE lab.key (id int PRIMARY KEY, b int, UNIQUE (id, b));
CREATE TABLE lab."Mixed ""Case" (
    "X""y" int CONSTRAINT "in ""wider" REFERENCES lab.key, b int, CONSTRAINT wider FOREIGN KEY ("X""y", b) REFERENCES lab.key (id, b)
);
-- good: no column in common, another parent, the same columns (int-duplicate-fk), the partitions of one table
CREATE TABLE lab.good (
    a int REFERENCES lab.parent, b int REFERENCES lab.parent, c int, k int REFERENCES lab.key,
    FOREIGN KEY (k, c) REFERENCES lab.parent (a, b)
);
CREATE TABLE lab.twice (a int REFERENCES lab.parent CONSTRAINT again REFERENCES lab.parent);
CREATE TABLE lab.root (a int REFERENCES lab.parent) PARTITION BY RANGE (a);
CREATE TABLE lab.leaf1 PARTITION OF lab.root FOR VALUES FROM (0) TO (10);
