-- expects: watch lab.cache | a crash empties it
-- expects: watch lab.counted | a crash loses 3 rows
-- expects: watch lab.many | a crash loses 2k rows
-- expects: info lab.empty | empty now
-- expects: watch lab."Mixed ""Case" | a crash empties it
CREATE SCHEMA lab;
CREATE UNLOGGED TABLE lab.cache (a int);
CREATE UNLOGGED TABLE lab.counted (a int);
INSERT INTO lab.counted VALUES (1), (2), (3);
CREATE UNLOGGED TABLE lab.many (a int);
INSERT INTO lab.many SELECT generate_series(1, 2000);
CREATE UNLOGGED TABLE lab.empty (a int);
INSERT INTO lab.empty VALUES (1);
DELETE FROM lab.empty;
ANALYZE lab.counted, lab.many, lab.empty;
UPDATE pg_class SET reltuples = 0 WHERE oid = 'lab.empty'::regclass;
CREATE UNLOGGED TABLE lab."Mixed ""Case" (a int);
-- good: logged, temporary
CREATE TABLE lab.kept (a int);
CREATE TEMPORARY TABLE passing (a int);
