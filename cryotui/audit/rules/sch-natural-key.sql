-- title: Key out of the data
-- severity: info
-- group: schema
-- kind: schema
-- default: off
-- about: Primary keys with a column that is neither a whole number nor a UUID nor part of a foreign key; dates and times are let
--   pass in a partitioned table. One finding a schema.
-- why: What means something to people changes one day: a key that changes has to be changed in every table that refers to it.
-- detail: {first_ones}. Lists of codes are well off so. Elsewhere add an identity or UUID column as the key, and keep the old one UNIQUE.
-- certainty: estimated
-- references: https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS;
--   pg-index-health PRIMARY_KEYS_THAT_MOST_LIKELY_NATURAL_KEYS
WITH RECURSIVE surrogate AS (
    SELECT t.oid FROM pg_catalog.pg_type AS t
    WHERE t.oid IN ('pg_catalog.int2'::regtype, 'pg_catalog.int4'::regtype, 'pg_catalog.int8'::regtype, 'pg_catalog.uuid'::regtype)
    UNION ALL
    SELECT d.oid FROM pg_catalog.pg_type AS d JOIN surrogate AS s ON d.typbasetype = s.oid AND d.typtype = 'd'
),
-- with: tables,
parts AS MATERIALIZED (
    SELECT t.*, unnest(k.conkey) AS attnum
    FROM tables AS t
    JOIN pg_catalog.pg_constraint AS k ON k.conrelid = t.oid AND k.contype = 'p'
), found AS (
    SELECT DISTINCT t.namespace, t.nspname, t.object AS name
    FROM parts AS t
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = t.attnum
    JOIN pg_catalog.pg_type AS y ON y.oid = a.atttypid
    WHERE a.atttypid NOT IN (SELECT s.oid FROM surrogate AS s)
      AND NOT (t.relkind = 'p' AND y.typcategory = 'D')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS f WHERE f.conrelid = t.oid AND f.contype = 'f' AND a.attnum = ANY (f.conkey))
),
-- with: by-schema
SELECT s.*, CASE s.number WHEN 1 THEN '1 table' ELSE s.number || ' tables' END AS evidence
FROM by_schema AS s ORDER BY 1
