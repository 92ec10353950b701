-- runs: outside
-- limits: over=0.01
-- expects: watch lab.aging
CREATE SCHEMA lab;
-- its own limit is far lower than the server's, and its age is beyond it
CREATE TABLE lab.aging (a int) WITH (autovacuum_freeze_max_age = 100000, autovacuum_enabled = off);
INSERT INTO lab.aging VALUES (1);
-- good: the same age, with the server's limit
CREATE TABLE lab.good (a int) WITH (autovacuum_enabled = off);
DO 'BEGIN FOR n IN 1..1500 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END';
