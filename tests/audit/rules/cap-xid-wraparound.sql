-- limits: watch=0 bad=2
-- expects: watch audited
-- expects: watch postgres | 0.0% of the ids used
-- expects: watch template0
-- expects: watch template1
SELECT 1;
