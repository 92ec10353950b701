-- expects: bad enable_material | enable_material = off
-- expects: info enable_tidscan of ROLE "Lab ""planner" | enable_tidscan = off
-- badly: enable_material = off
-- well: enable_material = on
CREATE ROLE "Lab ""planner";
ALTER ROLE "Lab ""planner" SET enable_tidscan = off;
ALTER ROLE "Lab ""planner" SET enable_seqscan = on;
