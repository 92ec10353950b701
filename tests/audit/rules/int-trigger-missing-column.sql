-- expects: bad lab.orders stamp | no column changed_at
-- expects: bad lab."Mixed ""Case" pair | no column Sum and others
-- expects: bad lab.root stamp | no column changed_at
-- expects: watch lab.orders shared | no column price
CREATE SCHEMA lab;
CREATE TABLE lab.orders (id int, updated_at timestamptz);
CREATE TABLE lab.good (id int, changed_at timestamptz, "Sum" int);
CREATE TABLE lab."Mixed ""Case" (id int, sum int);
CREATE FUNCTION lab.stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER stamp BEFORE UPDATE ON lab.orders FOR EACH ROW EXECUTE FUNCTION lab.stamp();
CREATE FUNCTION lab.pair() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.ID := 1; IF OLD."Sum" > 1 THEN NEW.gone := 1; END IF; RETURN NEW; END $$;
CREATE TRIGGER pair BEFORE INSERT ON lab."Mixed ""Case" FOR EACH ROW EXECUTE FUNCTION lab.pair();
-- a partition's copy of the trigger is its root's finding
CREATE TABLE lab.root (a int) PARTITION BY RANGE (a);
CREATE TABLE lab.leaf PARTITION OF lab.root FOR VALUES FROM (0) TO (10);
CREATE TRIGGER stamp BEFORE INSERT ON lab.root FOR EACH ROW EXECUTE FUNCTION lab.stamp();
CREATE FUNCTION lab.shared() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN IF TG_TABLE_NAME = 'items' THEN NEW.price := 1; END IF; RETURN NEW; END $$;
CREATE TRIGGER shared BEFORE INSERT ON lab.orders FOR EACH ROW EXECUTE FUNCTION lab.shared();
-- good: the column is there, in a comment or a text only, a trigger for statements, one that is disabled
CREATE TRIGGER stamp BEFORE UPDATE ON lab.good FOR EACH ROW EXECUTE FUNCTION lab.stamp();
CREATE FUNCTION lab.words() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN -- NEW.gone
    /* OLD.gone */ RAISE NOTICE 'NEW.gone % %', NEW.id, NEW; RETURN NEW; END $$;
CREATE TRIGGER words BEFORE UPDATE ON lab.orders FOR EACH ROW EXECUTE FUNCTION lab.words();
CREATE TRIGGER whole AFTER UPDATE ON lab.orders FOR EACH STATEMENT EXECUTE FUNCTION lab.stamp();
CREATE TRIGGER off BEFORE INSERT ON lab.orders FOR EACH ROW EXECUTE FUNCTION lab.stamp();
ALTER TABLE lab.orders DISABLE TRIGGER off;
