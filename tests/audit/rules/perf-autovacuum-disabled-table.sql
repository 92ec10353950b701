-- runs: outside
-- limits: writes=1000
-- expects: bad lab.loaded | 5.00k writes unattended
-- expects: watch lab."Mixed ""Case" | 500 writes unattended
-- expects: watch lab.toasted | 10 writes unattended
CREATE SCHEMA lab;
CREATE TABLE lab.loaded (a int) WITH (autovacuum_enabled = off);
INSERT INTO lab.loaded SELECT generate_series(1, 5000);
CREATE TABLE lab."Mixed ""Case" (a int) WITH (autovacuum_enabled = 0);
INSERT INTO lab."Mixed ""Case" SELECT generate_series(1, 500);
CREATE TABLE lab.toasted (a text) WITH (toast.autovacuum_enabled = false);
INSERT INTO lab.toasted SELECT generate_series(1, 10);
-- good: on, said so, or never written to
CREATE TABLE lab.good (a int);
INSERT INTO lab.good SELECT generate_series(1, 5000);
CREATE TABLE lab.said (a int) WITH (autovacuum_enabled = on, autovacuum_vacuum_threshold = 100);
INSERT INTO lab.said SELECT generate_series(1, 5000);
CREATE TABLE lab.unwritten (a int) WITH (autovacuum_enabled = off);
