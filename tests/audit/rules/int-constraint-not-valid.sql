-- expects: watch lab.child child_parent_fkey | reference to parent
-- expects: watch lab.child positive | check, old rows not looked at
-- expects: watch lab.amount a_little | check, old rows not looked at
-- expects: watch lab.root in_range | check, old rows not looked at
CREATE SCHEMA lab;
CREATE TABLE lab.parent (id int PRIMARY KEY);
CREATE TABLE lab.child (parent int, n int, CONSTRAINT whole CHECK (n < 100));
ALTER TABLE lab.child ADD CONSTRAINT child_parent_fkey FOREIGN KEY (parent) REFERENCES lab.parent NOT VALID;
ALTER TABLE lab.child ADD CONSTRAINT positive CHECK (n > 0) NOT VALID;
CREATE DOMAIN lab.amount AS int;
ALTER DOMAIN lab.amount ADD CONSTRAINT a_little CHECK (VALUE > 0) NOT VALID;
-- the root's constraint is one finding, its partitions' copies are none
CREATE TABLE lab.root (a int) PARTITION BY RANGE (a);
CREATE TABLE lab.leaf PARTITION OF lab.root FOR VALUES FROM (0) TO (10);
ALTER TABLE lab.root ADD CONSTRAINT in_range CHECK (a >= 0) NOT VALID;
-- good: validated
CREATE TABLE lab.good (parent int REFERENCES lab.parent);
ALTER TABLE lab.good ADD CONSTRAINT later CHECK (parent > 0) NOT VALID;
ALTER TABLE lab.good VALIDATE CONSTRAINT later;
