-- title: Small key on a large table
-- severity: watch
-- group: schema
-- kind: columns
-- about: A single-column primary key or identity column of a table that grows (100,000 rows or more, 1,000 for smallint), of the
--   type integer or smallint. Watch from 5% of what the type can number, or when the present rate of INSERT ends it within
--   10 years; info before.
-- why: At the last number every INSERT fails. Now the change is small; at the end it rewrites the largest tables of the
--   database, and everything that refers to them, under a lock.
-- evidence: {rows:count} rows, {reach}
-- detail: {column} is {type}; {references_to} refer to it. For a large table add a bigint column, fill it in batches and swap the two.
-- shape: ALTER TABLE {table} ALTER COLUMN {column} TYPE bigint;
-- lock: ACCESS EXCLUSIVE on the table and on those that refer to it, while they are rewritten
-- cost: K2
-- certainty: estimated
-- parameters: rows=100000 small=1000 share=0.05 years=10
-- references: https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-INT; https://www.postgresql.org/docs/current/sql-altertable.html
WITH RECURSIVE narrow AS (
    SELECT t.oid, t.oid AS base FROM pg_catalog.pg_type AS t WHERE t.oid IN ('pg_catalog.int2'::regtype, 'pg_catalog.int4'::regtype)
    UNION ALL
    SELECT d.oid, w.base FROM pg_catalog.pg_type AS d JOIN narrow AS w ON d.typbasetype = w.oid AND d.typtype = 'd'
), below AS (
    -- the rows of a partitioned table are in its partitions
    SELECT h.inhparent AS root, h.inhrelid AS leaf FROM pg_catalog.pg_inherits AS h
    JOIN pg_catalog.pg_class AS p ON p.oid = h.inhparent AND p.relkind = 'p' AND NOT p.relispartition
    UNION ALL
    SELECT b.root, h.inhrelid FROM below AS b JOIN pg_catalog.pg_inherits AS h ON h.inhparent = b.leaf
), held AS MATERIALIZED (
    SELECT t.oid, t.relname, n.nspname, greatest(t.reltuples, 0)::float8 AS rows, pg_stat_get_tuples_inserted(t.oid) AS inserted
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE t.relkind = 'r' AND NOT t.relispartition AND t.relpersistence <> 't' AND t.oid >= 16384 AND t.reltuples >= least($1::float8, $2::float8)
    UNION ALL
    SELECT t.oid, t.relname, n.nspname, sum(greatest(l.reltuples, 0)) FILTER (WHERE l.relkind = 'r'),
           sum(pg_stat_get_tuples_inserted(l.oid)) FILTER (WHERE l.relkind = 'r')
    FROM below AS b
    JOIN pg_catalog.pg_class AS t ON t.oid = b.root AND t.relpersistence <> 't' AND t.oid >= 16384
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    JOIN pg_catalog.pg_class AS l ON l.oid = b.leaf
    GROUP BY t.oid, t.relname, n.nspname
), counted AS (
    -- without a reset nobody knows since when is counted
    SELECT extract(epoch FROM now() - pg_stat_get_db_stat_reset_time(d.oid)) / 86400 AS days
    FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()
), found AS (
    SELECT h.*, a.attnum, a.attname, a.atttypid, a.attidentity, c.oid AS key,
           CASE w.base WHEN 'pg_catalog.int2'::regtype THEN 32767 ELSE 2147483647 END AS most,
           CASE WHEN n.days >= 7 AND h.inserted > 0 THEN h.inserted / n.days * 365 END AS yearly,
           w.oid = w.base AND a.attinhcount = 0
               AND NOT EXISTS (SELECT FROM pg_catalog.pg_partitioned_table AS p WHERE p.partrelid = h.oid AND a.attnum = ANY (p.partattrs::int2[]))
               AS simple
    FROM held AS h
    CROSS JOIN counted AS n
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = h.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN narrow AS w ON w.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_constraint AS c ON c.conrelid = h.oid AND c.contype = 'p' AND c.conkey = ARRAY[a.attnum]
    WHERE (c.oid IS NOT NULL OR a.attidentity <> '')
      -- a key that is itself a reference grows with what it refers to
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS f WHERE f.conrelid = h.oid AND f.contype = 'f' AND f.conkey = ARRAY[a.attnum])
      AND h.rows >= CASE w.base WHEN 'pg_catalog.int2'::regtype THEN $2::float8 ELSE $1::float8 END
), referring AS (
    SELECT f.oid, f.attnum, count(*) AS n,
           string_agg(format('ALTER TABLE %I.%I ALTER COLUMN %I TYPE bigint;', n.nspname, t.relname, a.attname), E'\n'
                      ORDER BY n.nspname, t.relname, a.attname) AS there
    FROM found AS f
    JOIN pg_catalog.pg_constraint AS c ON c.contype = 'f' AND c.confrelid = f.oid AND c.conparentid = 0 AND c.confkey = ARRAY[f.attnum]
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] AND a.atttypid IN (SELECT w.oid FROM narrow AS w)
    JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    GROUP BY f.oid, f.attnum
)
SELECT format('%I.%I.%I', f.nspname, f.relname, f.attname) AS object, f.oid::bigint AS oid, f.nspname::text AS schema, f.relname::text AS "table",
       f.attname::text AS "column", f.rows::bigint AS rows, format_type(f.atttypid, NULL) AS type,
       CASE coalesce(r.n, 0) WHEN 0 THEN 'no columns' WHEN 1 THEN '1 column' ELSE r.n || ' columns' END AS references_to,
       CASE WHEN reckoned.years < 100 THEN 'about ' || greatest(ceil(reckoned.years), 1) || CASE WHEN reckoned.years <= 1 THEN ' year' ELSE ' years' END || ' left'
            ELSE trim(to_char(100 * f.rows / f.most, 'FM990.0')) || '% used' END AS reach,
       CASE WHEN f.rows / f.most >= $3::float8 OR reckoned.years < $4::float8 THEN NULL ELSE 'info' END AS severity,
       CASE WHEN f.simple THEN concat_ws(E'\n', format('ALTER TABLE %I.%I ALTER COLUMN %I TYPE bigint;', f.nspname, f.relname, f.attname), r.there) END AS fix
FROM found AS f
CROSS JOIN LATERAL (SELECT greatest(f.most - f.rows, 0) / f.yearly AS years) AS reckoned
LEFT JOIN referring AS r ON r.oid = f.oid AND r.attnum = f.attnum
ORDER BY 1
