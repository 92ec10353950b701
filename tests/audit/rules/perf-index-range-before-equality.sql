-- expects: info lab.at_kind | at before kind
-- expects: info lab."Mixed ""Case" | "D""ay" before kind, name
-- expects: info lab.root_at | at before kind
CREATE SCHEMA lab;
CREATE TABLE lab.t (id int PRIMARY KEY, kind int, name text, at timestamptz, "D""ay" date);
CREATE INDEX at_kind ON lab.t (at, kind);
CREATE INDEX "Mixed ""Case" ON lab.t ("D""ay", kind, at, name);
CREATE TABLE lab.root (kind int, at timestamp) PARTITION BY RANGE (at);
CREATE INDEX root_at ON lab.root (at, kind);
CREATE TABLE lab.leaf PARTITION OF lab.root FOR VALUES FROM ('2020-01-01') TO ('2030-01-01');
-- good: time last, two times, ties broken by the key, included only, unique, another method
CREATE INDEX ends ON lab.t (kind, at);
CREATE INDEX span ON lab.t (at, "D""ay");
CREATE INDEX pages ON lab.t (at, id);
CREATE INDEX carried ON lab.t (at) INCLUDE (name);
CREATE UNIQUE INDEX guard ON lab.t (at, name);
CREATE INDEX blocks ON lab.t USING brin (at, kind);
