-- expects: info lab.notes | body, "Odd ""Name"
-- expects: info lab.through | doc
-- expects: info lab.root | doc
-- expects: info lab.seen | doc, free
CREATE SCHEMA lab;
CREATE DOMAIN lab.paper AS json;
CREATE TABLE lab.notes (id int PRIMARY KEY, body json DEFAULT '{}', "Odd ""Name" json);
INSERT INTO lab.notes VALUES (1, '{"a": 1}', NULL);
CREATE TABLE lab.through (doc lab.paper);
CREATE TABLE lab.root (day date, doc json) PARTITION BY RANGE (day);
CREATE TABLE lab.leaf PARTITION OF lab.root DEFAULT;
CREATE TABLE lab.seen (doc json, free json);
CREATE VIEW lab.shown AS SELECT doc FROM lab.seen;
-- good
CREATE TABLE lab.good (doc jsonb, text text, was json);
ALTER TABLE lab.good DROP COLUMN was;
CREATE TEMPORARY TABLE passing (doc json);
