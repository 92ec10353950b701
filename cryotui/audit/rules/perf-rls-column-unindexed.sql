-- title: Policy column unindexed
-- severity: watch
-- group: performance
-- kind: columns
-- about: A column that a policy looks at, of its own table or of a table its subquery reads, leads no valid index, and the
--   table has more than 10,000 rows. Columns of few different values are left out.
-- why: The condition of a policy is part of every query of those it applies to: without an index each of them reads the
--   whole table.
-- detail: {names}. The fix helps where the policy compares the column with =, IN or a range.
-- undo: DROP INDEX CONCURRENTLY {new_index};
-- shape: CREATE INDEX CONCURRENTLY {index} ON {table} ({columns});\n-- or\nCREATE INDEX {index} ON
--   {partitioned_table} ({columns});
-- lock: SHARE UPDATE EXCLUSIVE; reads and writes go on
-- concurrently: yes
-- certainty: estimated
-- parameters: rows=10000 values=20
-- references: https://www.postgresql.org/docs/current/ddl-rowsecurity.html;
--   https://supabase.com/docs/guides/database/postgres/row-level-security
WITH RECURSIVE used AS MATERIALIZED (
    SELECT d.refobjid AS relation, d.refobjsubid::int2 AS attnum, d.objid AS policy
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid AND t.relkind IN ('r', 'p') AND t.oid >= 16384
     AND (t.relkind = 'p' OR t.reltuples > $1::float8)
    WHERE d.classid = 'pg_catalog.pg_policy'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0
), below AS (
    SELECT u.relation AS root, i.inhrelid AS leaf
    FROM (SELECT DISTINCT used.relation FROM used) AS u
    JOIN pg_catalog.pg_class AS t ON t.oid = u.relation AND t.relkind = 'p'
    JOIN pg_catalog.pg_inherits AS i ON i.inhparent = u.relation
    UNION ALL
    SELECT b.root, i.inhrelid FROM below AS b JOIN pg_catalog.pg_inherits AS i ON i.inhparent = b.leaf
), partitioned AS (
    SELECT b.root, sum(greatest(t.reltuples, 0)) AS rows
    FROM below AS b JOIN pg_catalog.pg_class AS t ON t.oid = b.leaf AND t.relkind = 'r' GROUP BY b.root
), candidate AS MATERIALIZED (
    SELECT u.relation, u.attnum, t.relname, t.relnamespace, t.relkind, n.nspname, a.attname,
           coalesce(part.rows, t.reltuples)::bigint AS rows, u.policies, u.policy
    FROM (SELECT used.relation, used.attnum, count(DISTINCT used.policy) AS policies, min(used.policy) AS policy
          FROM used GROUP BY used.relation, used.attnum) AS u
    JOIN pg_catalog.pg_class AS t ON t.oid = u.relation
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = u.relation AND a.attnum = u.attnum
     AND NOT a.attisdropped AND a.atttypid <> 'pg_catalog.bool'::regtype
    LEFT JOIN partitioned AS part ON part.root = u.relation
    WHERE coalesce(part.rows, t.reltuples) > $1::float8
), bare AS MATERIALIZED (
    SELECT c.* FROM candidate AS c
    WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_index AS x
        JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
        JOIN pg_catalog.pg_am AS m ON m.oid = i.relam
        WHERE x.indrelid = c.relation AND x.indisvalid AND x.indisready AND x.indpred IS NULL
          AND (x.indkey[0] = c.attnum
               -- these serve each of their columns
               OR m.amname IN ('gin', 'brin') AND c.attnum = ANY ((x.indkey::int2[])[0:x.indnkeyatts - 1])
               OR x.indkey[0] = 0 AND x.indexprs::text ~ (':varattno ' || c.attnum || ' '))
    )
), found AS (
    SELECT b.*, p.polname, format('%I.%I', pn.nspname, pt.relname) AS holder,
           (SELECT s.n_distinct FROM pg_catalog.pg_stats AS s
            WHERE s.schemaname = b.nspname AND s.tablename = b.relname AND s.attname = b.attname
            ORDER BY s.inherited DESC LIMIT 1) AS n_distinct
    FROM bare AS b
    JOIN pg_catalog.pg_policy AS p ON p.oid = b.policy
    JOIN pg_catalog.pg_class AS pt ON pt.oid = p.polrelid
    JOIN pg_catalog.pg_namespace AS pn ON pn.oid = pt.relnamespace
    -- not what is compared in no way an index of the usual kind has
    WHERE EXISTS (
        SELECT FROM pg_catalog.pg_attribute AS a
        JOIN pg_catalog.pg_type AS y ON y.oid = a.atttypid
        JOIN pg_catalog.pg_opclass AS o ON o.opcdefault AND o.opcmethod = 403
         AND o.opcintype IN (a.atttypid, y.typbasetype, CASE WHEN y.typcategory = 'S' THEN 25 END,
                             CASE y.typtype WHEN 'e' THEN 3500 END)
        WHERE a.attrelid = b.relation AND a.attnum = b.attnum
    )
)
SELECT format('%I.%I.%I', f.nspname, f.relname, f.attname) AS object, f.relation::bigint AS oid, f.nspname::text AS schema,
       f.relname::text AS "table", f.attname::text AS "column", f.rows, f.policies,
       format('Policy %I on %s', f.polname, f.holder)
           || CASE WHEN f.policies > 1 THEN format(' and %s more look', f.policies - 1) ELSE ' looks' END || ' at it' AS names,
       CASE WHEN f.rows >= 999500 THEN round(f.rows / 1000000.0, 1) || 'M' WHEN f.rows >= 1000 THEN round(f.rows / 1000.0) || 'k'
            ELSE f.rows::text END || ' rows read by policy' AS evidence,
       format('%I.%I', f.nspname, made.name) AS new_index,
       CASE WHEN f.relkind = 'p' THEN format('CREATE INDEX %I ON %I.%I (%I);', made.name, f.nspname, f.relname, f.attname)
            ELSE format('CREATE INDEX CONCURRENTLY %I ON %I.%I (%I);', made.name, f.nspname, f.relname, f.attname) END AS fix,
       CASE WHEN f.relkind = 'p' THEN 'SHARE on the table and all its partitions: reads go on, writes wait' END AS lock
FROM found AS f
CROSS JOIN LATERAL (
    SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_class AS c
                             WHERE c.relnamespace = f.relnamespace AND c.relname = format('ix_%s_%s', f.relname, f.attname)::name)
                THEN format('ix_%s_%s', f.relation, f.attnum)::name
                ELSE format('ix_%s_%s', f.relname, f.attname)::name END AS name
) AS made
-- a few values: an index would not be used
WHERE f.n_distinct IS NULL OR f.n_distinct < 0 OR f.n_distinct > $2::float8
ORDER BY 1
