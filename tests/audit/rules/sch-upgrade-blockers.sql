-- limits: to=14
-- expects: watch lab.calls.f | of type regproc
-- expects: watch lab."Mixed ""Case"."odd, column" | of type regnamespace
-- expects: watch lab.listed.ns | of type regnamespace[]
-- expects: watch lab.through.f | of type lab.callable
-- expects: watch lab.rows.r | of type pg_am
CREATE SCHEMA lab;
CREATE DOMAIN lab.callable AS regprocedure;
CREATE TABLE lab.calls (f regproc, n int);
INSERT INTO lab.calls VALUES ('now', 1);
CREATE TABLE lab."Mixed ""Case" ("odd, column" regnamespace);
CREATE TABLE lab.listed (ns regnamespace[]);
CREATE TABLE lab.through (f lab.callable);
CREATE TABLE lab.rows (r pg_catalog.pg_am);
-- good: oids that are carried over, no table, dropped
CREATE TABLE lab.good (c regclass, t regtype, r regrole, was regproc);
ALTER TABLE lab.good DROP COLUMN was;
CREATE VIEW lab.seen AS SELECT 'now'::regproc AS f;
CREATE TEMPORARY TABLE passing (f regproc);
