-- expects: info lab.tags | 8k, words is text[]
-- expects: info lab."Mixed ""Case" | 8k, numbers is integer[]
CREATE SCHEMA lab;
CREATE TABLE lab.t (id int PRIMARY KEY, words text[], numbers int[], key int[] UNIQUE, name text);
CREATE INDEX tags ON lab.t (words);
CREATE INDEX "Mixed ""Case" ON lab.t (id, numbers, words);
-- good: GIN, unique, included only, no array
CREATE INDEX inside ON lab.t USING gin (words);
CREATE INDEX carried ON lab.t (id) INCLUDE (words);
CREATE INDEX plain ON lab.t (name);
