-- expects: bad lab.broken | left by a failed build
-- expects: bad lab.kept_ccnew | left by REINDEX CONCURRENTLY
-- expects: bad lab."od""d, name" | left by a failed build
-- expects: bad lab.once | left by a failed build
-- expects: bad lab.half_dropped | left by a failed drop
CREATE SCHEMA lab;
CREATE TABLE lab.t (a int, b int, c int);
CREATE INDEX broken ON lab.t (a);
CREATE INDEX kept_ccnew ON lab.t (b);
CREATE INDEX "od""d, name" ON lab.t (c);
CREATE INDEX half_dropped ON lab.t (b, c);
CREATE UNIQUE INDEX once ON lab.t (c, a);
-- good: a valid one, and an index of a partitioned table that waits for its partitions (a rule of its own)
CREATE INDEX sound ON lab.t (a, b);
CREATE TABLE lab.root (a int) PARTITION BY RANGE (a);
CREATE TABLE lab.leaf PARTITION OF lab.root FOR VALUES FROM (0) TO (10);
CREATE INDEX waiting ON ONLY lab.root (a);
UPDATE pg_index SET indisvalid = false WHERE indexrelid IN ('lab.broken'::regclass, 'lab.kept_ccnew'::regclass,
    'lab."od""d, name"'::regclass, 'lab.once'::regclass);
UPDATE pg_index SET indisvalid = false, indisready = false, indislive = false WHERE indexrelid = 'lab.half_dropped'::regclass;
