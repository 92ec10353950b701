-- expects: bad lab.child child_parent_fkey | new rows are not checked
-- expects: bad lab.other other_parent_fkey | deletes are not checked
-- expects: bad lab."Mixed ""Case" "odd fk" | nothing is checked
CREATE SCHEMA lab;
CREATE TABLE lab.parents (id int PRIMARY KEY);
CREATE TABLE lab.child (parent int REFERENCES lab.parents);
ALTER TABLE lab.child DISABLE TRIGGER ALL;
CREATE TABLE lab.parents2 (id int PRIMARY KEY);
CREATE TABLE lab.other (parent int REFERENCES lab.parents2);
ALTER TABLE lab.parents2 DISABLE TRIGGER ALL;
-- a tree that refers to itself
CREATE TABLE lab."Mixed ""Case" (id int PRIMARY KEY, up int CONSTRAINT "odd fk" REFERENCES lab."Mixed ""Case");
ALTER TABLE lab."Mixed ""Case" DISABLE TRIGGER ALL;
-- good: on, and an ordinary trigger that is off
CREATE FUNCTION lab.nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE lab.good (parent int REFERENCES lab.parents);
CREATE TRIGGER own BEFORE INSERT ON lab.good FOR EACH ROW EXECUTE FUNCTION lab.nothing();
ALTER TABLE lab.good DISABLE TRIGGER own;
