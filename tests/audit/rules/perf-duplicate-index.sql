-- expects: watch lab.plain_2 | 8k, as plain_1
-- expects: watch lab.expression_2 | 8k, as expression_1
-- expects: watch lab.predicate_2 | 8k, as predicate_1
-- expects: watch lab.like_unique | 8k, as t_code_key
-- expects: watch lab.a | 8k, as named_otherwise
-- expects: watch lab.root_2 | as root_1
CREATE SCHEMA lab;
CREATE TABLE lab.t (a int, b text, c text, code int UNIQUE);
CREATE INDEX plain_1 ON lab.t (b);
CREATE INDEX plain_2 ON lab.t (b);
CREATE INDEX expression_1 ON lab.t (lower(b));
CREATE INDEX   expression_2 ON lab.t   (  lower( b ) );
CREATE INDEX predicate_1 ON lab.t (c) WHERE a > 0;
CREATE INDEX predicate_2 ON lab.t (c)    WHERE a > 0;
CREATE INDEX like_unique ON lab.t (code);
-- an index named like its column is no reason to overlook it
CREATE INDEX named_otherwise ON lab.t (a);
CREATE INDEX a ON lab.t (a);
CREATE TABLE lab.root (n int) PARTITION BY RANGE (n);
CREATE TABLE lab.leaf PARTITION OF lab.root FOR VALUES FROM (0) TO (10);
CREATE INDEX root_1 ON lab.root (n);
CREATE INDEX root_2 ON lab.root (n);
-- good: another opclass, collation, order, predicate, method, column order; included columns; a partition's part of its root's
CREATE INDEX pattern ON lab.t (b text_pattern_ops);
CREATE INDEX posix ON lab.t (b COLLATE "POSIX");
CREATE INDEX backwards ON lab.t (b DESC);
CREATE INDEX a_few ON lab.t (b) WHERE a > 1;
CREATE INDEX others ON lab.t (b) WHERE a > 2;
CREATE INDEX hashed ON lab.t USING hash (b);
CREATE INDEX two ON lab.t (b, c);
CREATE INDEX two_turned ON lab.t (c, b);
CREATE INDEX covering ON lab.t (b) INCLUDE (c);
CREATE TABLE lab.referenced (x int PRIMARY KEY);
CREATE TABLE lab.deferred (x int, CONSTRAINT late UNIQUE (x) DEFERRABLE INITIALLY DEFERRED);
CREATE UNIQUE INDEX at_once ON lab.deferred (x);
