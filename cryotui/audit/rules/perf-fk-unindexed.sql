-- title: Foreign key without index
-- severity: watch
-- group: performance
-- kind: columns
-- about: The referencing columns of a foreign key are not the first columns, in any order, of a whole, valid index.
-- why: Every DELETE and every key change of a referenced row reads the whole referencing table to look for rows that point
--   to it, and holds its lock for that long.
-- detail: {constraints} to {referenced}. A failed build leaves an invalid index; it is dropped, then built again.
-- shape: CREATE INDEX CONCURRENTLY {index} ON {table} ({columns});\n-- or\nCREATE INDEX {index} ON
--   {partitioned_table} ({columns});
-- lock: SHARE UPDATE EXCLUSIVE; reads and writes go on
-- concurrently: yes
-- parameters: rows=1000
-- references: https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK; splinter 0001
WITH RECURSIVE climb AS (
    -- the copies of a foreign key that partitions have, up to the one that was declared
    SELECT c.oid, c.conparentid AS above FROM pg_catalog.pg_constraint AS c WHERE c.contype = 'f' AND c.conparentid <> 0
    UNION ALL
    SELECT k.oid, p.conparentid FROM climb AS k JOIN pg_catalog.pg_constraint AS p ON p.oid = k.above WHERE p.conparentid <> 0
), root AS (
    SELECT c.oid, c.oid AS root FROM pg_catalog.pg_constraint AS c
    WHERE c.contype = 'f' AND c.conparentid = 0 AND c.oid >= 16384
    UNION ALL
    SELECT k.oid, k.above FROM climb AS k JOIN pg_catalog.pg_constraint AS p ON p.oid = k.above AND p.conparentid = 0
), reference AS MATERIALIZED (
    SELECT c.oid, r.root, c.conrelid, c.conname, cardinality(c.conkey) AS n, c.conkey,
           CASE WHEN cardinality(c.conkey) = 1 THEN c.conkey
                ELSE (SELECT array_agg(k ORDER BY k) FROM unnest(c.conkey) AS k) END AS sorted,
           t.relkind, t.reltuples, t.relname, t.relnamespace, n.nspname,
           format('%I.%I', rn.nspname, p.relname) AS referenced
    FROM root AS r
    JOIN pg_catalog.pg_constraint AS c ON c.oid = r.oid
    JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid AND t.relpersistence <> 't'
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    JOIN pg_catalog.pg_class AS p ON p.oid = c.confrelid
    JOIN pg_catalog.pg_namespace AS rn ON rn.oid = p.relnamespace
), cover AS (
    SELECT DISTINCT f.oid
    FROM reference AS f
    JOIN pg_catalog.pg_index AS x ON x.indrelid = f.conrelid
     AND x.indisvalid AND x.indisready AND x.indislive AND x.indnkeyatts >= f.n AND x.indkey[0] = ANY (f.conkey)
    JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
    JOIN pg_catalog.pg_am AS m ON m.oid = i.relam AND m.amname IN ('btree', 'hash')
    CROSS JOIN LATERAL (
        SELECT array_agg(k.attnum ORDER BY k.attnum) AS sorted,
               -- an index in another collation than its column's cannot serve the look-up
               bool_and((x.indcollation::oid[])[k.place - 1] IN (0, a.attcollation)) AS same_collation
        FROM unnest((x.indkey::int2[])[0:f.n - 1]) WITH ORDINALITY AS k (attnum, place)
        LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = k.attnum
    ) AS head
    WHERE head.sorted = f.sorted AND head.same_collation
      -- the only predicate the look-up implies: one of its columns is not null
      AND (x.indpred IS NULL
           OR x.indpred::text ~ ('^\(?\{NULLTEST :arg \{VAR :varno 1 :varattno (' || array_to_string(f.conkey, '|')
                                 || ') [^{}]*\} :nulltesttype 1 [^{}]*\}\)?$'))
), open AS (
    -- what counts is where the rows are: the partitions, not their root
    SELECT f.root, sum(greatest(f.reltuples, 0)) FILTER (WHERE f.relkind = 'r') AS rows,
           bool_or(f.reltuples < 0 AND f.relkind = 'r') AS never_counted,
           count(*) FILTER (WHERE f.relkind = 'r' AND c.oid IS NULL) AS uncovered,
           count(*) FILTER (WHERE f.relkind = 'r') AS leaves,
           bool_or(f.oid = f.root AND c.oid IS NULL) AS root_uncovered
    FROM reference AS f
    LEFT JOIN cover AS c ON c.oid = f.oid
    GROUP BY f.root
), found AS (
    SELECT DISTINCT ON (f.conrelid, f.sorted) f.*, o.rows, o.never_counted,
           string_agg(quote_ident(f.conname), ', ') OVER same AS constraints,
           string_agg(f.referenced, ', ') OVER same AS all_referenced
    FROM open AS o
    JOIN reference AS f ON f.oid = o.root
    WHERE o.uncovered > 0 OR (o.leaves = 0 AND o.root_uncovered)
    WINDOW same AS (PARTITION BY f.conrelid, f.sorted ORDER BY f.conname
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    ORDER BY f.conrelid, f.sorted, f.conname
)
SELECT CASE WHEN f.n = 1 THEN format('%I.%I.%s', f.nspname, f.relname, columns.names)
            ELSE format('%I.%I(%s)', f.nspname, f.relname, columns.names) END AS object,
       f.conrelid::bigint AS oid, f.nspname::text AS schema, f.relname::text AS "table",
       f.constraints, f.all_referenced AS referenced, columns.names AS columns,
       CASE WHEN NOT coalesce(f.never_counted, true) THEN f.rows::bigint END AS rows,
       CASE WHEN f.never_counted OR f.rows IS NULL THEN 'whole table read for a delete'
            ELSE (CASE WHEN f.rows >= 999500 THEN round(f.rows::numeric / 1000000, 1) || 'M'
                       WHEN f.rows >= 1000 THEN round(f.rows::numeric / 1000) || 'k'
                       ELSE f.rows::text END) || ' rows read for a delete' END AS evidence,
       CASE WHEN NOT f.never_counted AND f.rows < $1::bigint THEN 'info' END AS severity,
       format('%s to %s. %s', f.constraints, f.all_referenced,
              CASE WHEN f.relkind = 'p'
                   THEN 'CONCURRENTLY is not possible on a partitioned table: the fix blocks writes while it builds.'
                   ELSE 'A failed build leaves an invalid index; it is dropped, then built again.' END) AS detail,
       format('DROP INDEX CONCURRENTLY %I.%I;', f.nspname, made.name) AS undo,
       CASE WHEN f.relkind = 'p' THEN format('CREATE INDEX %I ON %I.%I (%s);', made.name, f.nspname, f.relname, columns.names)
            ELSE format('CREATE INDEX CONCURRENTLY %I ON %I.%I (%s);', made.name, f.nspname, f.relname, columns.names) END AS fix,
       CASE WHEN f.relkind = 'p' THEN 'SHARE on the table and all its partitions: reads go on, writes wait' END AS lock
FROM found AS f
CROSS JOIN LATERAL (
    SELECT string_agg(quote_ident(k.name), ', ' ORDER BY k.place) AS names, string_agg(k.name, '_' ORDER BY k.place) AS bare
    FROM (
        -- one look into the index of pg_attribute for each column
        SELECT u.place, (SELECT a.attname FROM pg_catalog.pg_attribute AS a
                         WHERE a.attrelid = f.conrelid AND a.attnum = u.attnum) AS name
        FROM unnest(f.conkey) WITH ORDINALITY AS u (attnum, place)
        OFFSET 0
    ) AS k
) AS columns
CROSS JOIN LATERAL (
    SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_class AS c
                             WHERE c.relnamespace = f.relnamespace
                               AND c.relname = format('ix_%s_%s', f.relname, columns.bare)::name)
                THEN format('ix_%s_%s', f.conrelid, array_to_string(f.conkey, '_'))::name
                ELSE format('ix_%s_%s', f.relname, columns.bare)::name END AS name
    OFFSET 0  -- reckoned once, not in each place that names it
) AS made
ORDER BY 1
