-- expects: info lab.events | made, "odd, column"
-- expects: info lab."Mixed ""Case" | at
-- expects: info lab.hours | opens
-- expects: info lab.root | day
-- expects: info lab.through | at
CREATE SCHEMA lab;
CREATE DOMAIN lab.moment AS timestamp;
CREATE TABLE lab.events (id int PRIMARY KEY, made timestamp DEFAULT now(), "odd, column" timestamp(3));
INSERT INTO lab.events VALUES (1, '2026-01-01 10:00', '2026-01-01 10:00');
CREATE TABLE lab."Mixed ""Case" (at timestamp without time zone);
CREATE TABLE lab.hours (opens time with time zone);
CREATE TABLE lab.root (day timestamp) PARTITION BY RANGE (day);
CREATE TABLE lab.leaf PARTITION OF lab.root DEFAULT;
CREATE TABLE lab.through (at lab.moment);
-- good
CREATE TABLE lab.good (made timestamptz, day date, opens time, was timestamp);
ALTER TABLE lab.good DROP COLUMN was;
CREATE VIEW lab.seen AS SELECT made AT TIME ZONE 'UTC' AS at FROM lab.good;
CREATE TEMPORARY TABLE passing (at timestamp);
