-- expects: info lab.single | id is never null
-- expects: info lab."Mixed ""Case" | "N ON ""x", id is never null
-- expects: info lab.partly | id is never null
-- expects: info lab.root_n | n is never null
CREATE SCHEMA lab;
CREATE TABLE lab.t (id int PRIMARY KEY, "N ON ""x" text NOT NULL, gap int);
CREATE INDEX single ON lab.t (gap) WHERE id IS NOT NULL;
CREATE UNIQUE INDEX "Mixed ""Case" ON lab.t ("N ON ""x" DESC) INCLUDE (gap) WHERE "N ON ""x" IS NOT NULL AND id IS NOT NULL;
CREATE INDEX partly ON lab.t (gap) WHERE id IS NOT NULL AND gap > 5;
CREATE TABLE lab.root (n int NOT NULL) PARTITION BY RANGE (n);
CREATE INDEX root_n ON lab.root (n) WHERE n IS NOT NULL;
CREATE TABLE lab.leaf PARTITION OF lab.root FOR VALUES FROM (0) TO (10);
-- good: the column may be null, another condition, none
CREATE INDEX gaps ON lab.t (gap) WHERE gap IS NOT NULL;
CREATE INDEX large ON lab.t (gap) WHERE id > 5;
CREATE INDEX plain ON lab.t (gap);
