-- expects: info lab.child child_a_b_fkey | a, b may be null
-- expects: info lab."Mixed ""Case" "of ""pair" | b may be null
CREATE SCHEMA lab;
CREATE TABLE lab.parent (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE lab.child (a int, b int, FOREIGN KEY (a, b) REFERENCES lab.parent);
CREATE TABLE lab."Mixed ""Case" (a int NOT NULL, b int, CONSTRAINT "of ""pair" FOREIGN KEY (a, b) REFERENCES lab.parent);
-- good: no null, all or nothing, one column
CREATE TABLE lab.filled (a int NOT NULL, b int NOT NULL, FOREIGN KEY (a, b) REFERENCES lab.parent);
CREATE TABLE lab.whole (a int, b int, FOREIGN KEY (a, b) REFERENCES lab.parent MATCH FULL);
CREATE TABLE lab.one (id int PRIMARY KEY, up int REFERENCES lab.one);
