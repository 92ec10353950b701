-- expects: bad lab.turned_idx
-- expects: bad lab."Mixed ""Case"
CREATE SCHEMA lab;
CREATE SCHEMA "odd schema";
CREATE EXTENSION amcheck SCHEMA "odd schema";
CREATE FUNCTION lab.compare(a text, b text) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN pg_catalog.bttextcmp(a, b); END $$;
CREATE OPERATOR CLASS lab.words FOR TYPE text USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 lab.compare(text, text);
CREATE TABLE lab.turned (word text, id int);
INSERT INTO lab.turned SELECT 'word ' || n, n FROM generate_series(1, 50) AS n;
CREATE INDEX turned_idx ON lab.turned (word lab.words);
CREATE UNIQUE INDEX "Mixed ""Case" ON lab.turned (word lab.words, id);
-- the order that the indexes were built in is not the one they are searched in any more
CREATE OR REPLACE FUNCTION lab.compare(a text, b text) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN pg_catalog.bttextcmp(b, a); END $$;
-- good
CREATE TABLE lab.good (id int PRIMARY KEY, word text);
INSERT INTO lab.good SELECT n, 'word ' || n FROM generate_series(1, 50) AS n;
CREATE INDEX good_idx ON lab.good (word);
