-- limits: watch=0 bad=2
-- expects: watch postgres
-- expects: watch audited
-- expects: watch template0
-- expects: watch template1
-- expects: watch multixact members | 0.0% of the members used
SELECT 1;
