-- runs: outside
-- limits: rows=1000 scans=4
-- expects: info lab.unindexed | 100% of scans, 2.00k rows
-- expects: info lab."Mixed ""Case" | 100% of scans, 2.00k rows
CREATE SCHEMA lab;
CREATE TABLE lab.unindexed AS SELECT generate_series(1, 2000) AS a;
CREATE TABLE lab."Mixed ""Case" AS SELECT generate_series(1, 2000) AS a;
CREATE TABLE lab.small AS SELECT generate_series(1, 500) AS a;
CREATE TABLE lab.seldom AS SELECT generate_series(1, 2000) AS a;
DO 'BEGIN FOR n IN 1..20 LOOP PERFORM count(*) FROM lab.unindexed; PERFORM count(*) FROM lab."Mixed ""Case"; END LOOP; END';
-- good: small, scanned seldom
DO 'BEGIN FOR n IN 1..20 LOOP PERFORM count(*) FROM lab.small; END LOOP; END';
SELECT count(*) FROM lab.seldom;
