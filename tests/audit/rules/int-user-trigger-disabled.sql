-- expects: watch lab.t own | disabled
-- expects: watch lab."Mixed ""Case" "odd trigger" | disabled
-- expects: info lab.t of_a_replica | in replica sessions only
-- expects: watch lab.root spread | disabled
-- expects: watch lab.leaf2 alone | disabled
CREATE SCHEMA lab;
CREATE FUNCTION lab.nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE lab.t (a int);
CREATE TRIGGER own BEFORE INSERT ON lab.t FOR EACH ROW EXECUTE FUNCTION lab.nothing();
CREATE TRIGGER of_a_replica AFTER INSERT ON lab.t FOR EACH ROW EXECUTE FUNCTION lab.nothing();
ALTER TABLE lab.t DISABLE TRIGGER own;
ALTER TABLE lab.t ENABLE REPLICA TRIGGER of_a_replica;
CREATE TABLE lab."Mixed ""Case" (a int);
CREATE TRIGGER "odd trigger" BEFORE UPDATE ON lab."Mixed ""Case" FOR EACH ROW EXECUTE FUNCTION lab.nothing();
ALTER TABLE lab."Mixed ""Case" DISABLE TRIGGER USER;
-- a tree: the root is the finding, and a partition alone where only its own is off
CREATE TABLE lab.root (a int) PARTITION BY RANGE (a);
CREATE TABLE lab.leaf PARTITION OF lab.root FOR VALUES FROM (0) TO (10);
CREATE TRIGGER spread AFTER INSERT ON lab.root FOR EACH ROW EXECUTE FUNCTION lab.nothing();
ALTER TABLE lab.root DISABLE TRIGGER spread;
ALTER TABLE lab.leaf DISABLE TRIGGER spread;
CREATE TABLE lab.root2 (a int) PARTITION BY RANGE (a);
CREATE TABLE lab.leaf2 PARTITION OF lab.root2 FOR VALUES FROM (0) TO (10);
CREATE TRIGGER alone AFTER INSERT ON lab.root2 FOR EACH ROW EXECUTE FUNCTION lab.nothing();
ALTER TABLE lab.leaf2 DISABLE TRIGGER alone;
-- good: on, always on, a foreign key's
CREATE TABLE lab.good (a int PRIMARY KEY, b int REFERENCES lab.good);
CREATE TRIGGER own BEFORE INSERT ON lab.good FOR EACH ROW EXECUTE FUNCTION lab.nothing();
CREATE TRIGGER always BEFORE UPDATE ON lab.good FOR EACH ROW EXECUTE FUNCTION lab.nothing();
ALTER TABLE lab.good ENABLE ALWAYS TRIGGER always;
CREATE TABLE lab.loaded (a int PRIMARY KEY, b int REFERENCES lab.loaded);
ALTER TABLE lab.loaded DISABLE TRIGGER ALL;
