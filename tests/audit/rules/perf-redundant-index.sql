-- expects: info lab.narrow | 8k, in wide
-- expects: info lab."Mixed ""Case" | 8k, in t_pkey
-- expects: info lab.lower_narrow | 8k, in lower_wide
-- expects: info lab.partial_narrow | 8k, in partial_wide
-- expects: info lab.bare | 8k, in including
-- expects: info lab.root_narrow | in root_wide
CREATE SCHEMA lab;
CREATE TABLE lab.t (a int, b text, c text, d int, e text, PRIMARY KEY (a, d));
CREATE INDEX narrow ON lab.t (b);
CREATE INDEX wide ON lab.t (b, c);
CREATE INDEX "Mixed ""Case" ON lab.t (a);
CREATE INDEX lower_narrow ON lab.t (lower(b));
CREATE INDEX lower_wide ON lab.t (lower(b), a);
CREATE INDEX partial_narrow ON lab.t (d) WHERE a > 0;
CREATE INDEX partial_wide ON lab.t (d, b) WHERE a > 0;
CREATE INDEX bare ON lab.t (e);
CREATE INDEX including ON lab.t (e) INCLUDE (d);
CREATE TABLE lab.root (n int, m int) PARTITION BY RANGE (n);
CREATE TABLE lab.leaf PARTITION OF lab.root FOR VALUES FROM (0) TO (10);
CREATE INDEX root_narrow ON lab.root (m);
CREATE INDEX root_wide ON lab.root (m, n);
-- good: a copy in full (perf-duplicate-index), unique, another order, class, collation, predicate, method; included elsewhere
CREATE TABLE lab.good (a int, b text, c text, d int UNIQUE);
CREATE INDEX copy_1 ON lab.good (a);
CREATE INDEX copy_2 ON lab.good (a);
CREATE INDEX after_unique ON lab.good (d, b);
CREATE INDEX pattern ON lab.good (b text_pattern_ops);
CREATE INDEX backwards ON lab.good (b DESC);
CREATE INDEX posix ON lab.good (b COLLATE "POSIX");
CREATE INDEX hashed ON lab.good USING hash (b);
CREATE INDEX a_few ON lab.good (b) WHERE a > 1;
CREATE INDEX b_c ON lab.good (b, c);
CREATE INDEX c_b ON lab.good (c, b);
CREATE INDEX c_including ON lab.good (c) INCLUDE (d);
CREATE INDEX short_a ON lab.good (lower(c), a);
CREATE INDEX upper_a ON lab.good (upper(c));
