-- limits: gb_hour=0 days=0
-- expects: info WAL
CREATE TABLE lab (a int);
INSERT INTO lab SELECT generate_series(1, 1000);
