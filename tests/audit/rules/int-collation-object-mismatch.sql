-- expects: bad lab."Mixed ""Case"
-- expects: bad lab.in_expression
-- expects: bad lab.of_partitions
CREATE SCHEMA lab;
CREATE COLLATION lab."Mixed ""Case" (provider = icu, locale = 'de');
CREATE COLLATION lab.in_expression (provider = icu, locale = 'sv');
CREATE COLLATION lab.of_partitions (provider = icu, locale = 'fr');
CREATE COLLATION lab.unused (provider = icu, locale = 'da');
CREATE COLLATION lab.good (provider = icu, locale = 'nb');
CREATE TABLE lab.words (id int PRIMARY KEY, word text COLLATE lab."Mixed ""Case", other text COLLATE lab.good);
CREATE INDEX words_idx ON lab.words (word);
CREATE INDEX other_idx ON lab.words (other);
CREATE INDEX inside_idx ON lab.words (id) WHERE word < 'z' COLLATE lab.in_expression;
CREATE TABLE lab.parts (word text COLLATE lab.of_partitions) PARTITION BY RANGE (word);
-- a column alone sorts nothing
CREATE TABLE lab.plain (word text COLLATE lab.unused);
UPDATE pg_collation SET collversion = '0.1' WHERE collnamespace = 'lab'::regnamespace AND collname <> 'good';
