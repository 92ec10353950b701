-- expects: watch lab.pair_key | b may be null
-- expects: watch lab.both_idx | a, b may be null
-- expects: info lab.single_key | a may be null
-- expects: watch lab."Mixed ""Case" | "odd, column" may be null
-- expects: watch lab.deleted_idx | b may be null
CREATE SCHEMA lab;
CREATE TABLE lab.pair (a int NOT NULL, b int, CONSTRAINT pair_key UNIQUE (a, b));
CREATE TABLE lab.both (a int, b int);
CREATE UNIQUE INDEX both_idx ON lab.both (a, b);
CREATE TABLE lab.single (a int, CONSTRAINT single_key UNIQUE (a));
CREATE TABLE lab.odd (a int NOT NULL, "odd, column" text);
CREATE UNIQUE INDEX "Mixed ""Case" ON lab.odd (a, "odd, column");
CREATE TABLE lab.deleted (a int NOT NULL, b int, gone timestamptz);
CREATE UNIQUE INDEX deleted_idx ON lab.deleted (a, b) WHERE gone IS NULL;
-- good: never null, kept out by the condition, guarded by a second index, a primary key, not unique
CREATE TABLE lab.good (a int NOT NULL, b int NOT NULL, UNIQUE (a, b));
CREATE TABLE lab.partial (a int NOT NULL, b int);
CREATE UNIQUE INDEX partial_idx ON lab.partial (a, b) WHERE b IS NOT NULL;
CREATE TABLE lab.guarded (a int NOT NULL, b int);
CREATE UNIQUE INDEX guarded_idx ON lab.guarded (a, b);
CREATE UNIQUE INDEX guarded_null_idx ON lab.guarded (a) WHERE b IS NULL;
CREATE TABLE lab.keyed (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE lab.many (a int, b int);
CREATE INDEX many_idx ON lab.many (a, b);
