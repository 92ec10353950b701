-- title: Condition always true
-- severity: info
-- group: performance
-- kind: index
-- about: A partial index whose condition asks that a column IS NOT NULL which is declared NOT NULL.
-- why: The condition leaves out no row, yet a query may use the index only when its own conditions prove it. From 17 on not even
--   IS NOT NULL in the query does: the planner takes it out as always true, and only another condition on that column, as = or <,
--   is left to prove it. Queries without one read the table beside an index that holds every row.
-- evidence: {columns} is never null
-- detail: {size:size} on {relation}. {how}
-- shape: CREATE INDEX CONCURRENTLY ON {table} {columns};\n-- or\nCREATE UNIQUE INDEX CONCURRENTLY ON {table}
--   {columns};\nDROP INDEX CONCURRENTLY {index};
-- lock: SHARE UPDATE EXCLUSIVE for CREATE and DROP INDEX CONCURRENTLY; reads and writes go on
-- concurrently: yes
-- cost: K1
-- references: https://www.postgresql.org/docs/current/indexes-partial.html; pg-index-health INDEXES_WITH_UNNECESSARY_WHERE_CLAUSE
WITH asked AS MATERIALIZED (
    -- NULLTEST with nulltesttype 1 is IS NOT NULL; only a plain column of the table itself counts
    SELECT x.indexrelid, x.indrelid, x.indisunique, x.indpred, count(*) AS tests, array_agg(DISTINCT a.attname) AS names
    FROM pg_catalog.pg_index AS x
    CROSS JOIN LATERAL regexp_matches(
        x.indpred::text, '\{NULLTEST :arg \{VAR :varno 1 :varattno (\d+) [^{}]*\} :nulltesttype 1 ', 'g') AS test
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = test[1]::int2 AND a.attnotnull
    WHERE x.indpred IS NOT NULL AND x.indisvalid AND x.indexrelid >= 16384
    GROUP BY x.indexrelid, x.indrelid, x.indisunique, x.indpred
), locked AS MATERIALIZED (
    SELECT l.relation FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
), told AS (
    SELECT n.nspname, i.relname, i.relpages, i.relkind, t.relname AS of, u.*,
           -- the test alone, or such tests joined by AND
           u.indpred::text ~ '^(\{BOOLEXPR :boolop and :args \()?\{NULLTEST '
               AND tree.nodes = u.tests + CASE WHEN u.indpred::text ~ '^\{BOOLEXPR' THEN 1 ELSE 0 END + u.tests AS whole,
           u.indrelid IN (SELECT l.relation FROM locked AS l) OR u.indexrelid IN (SELECT l.relation FROM locked AS l) AS held
    FROM asked AS u
    JOIN pg_catalog.pg_class AS i ON i.oid = u.indexrelid AND NOT i.relispartition AND i.relpersistence <> 't'
    JOIN pg_catalog.pg_class AS t ON t.oid = u.indrelid AND t.relkind IN ('r', 'p')
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    -- every node of the tree begins with a brace
    CROSS JOIN LATERAL (SELECT length(u.indpred::text) - length(replace(u.indpred::text, '{', '')) AS nodes) AS tree
), written AS (
    SELECT w.*, CASE WHEN w.whole AND w.relkind = 'i' AND NOT w.held THEN pg_get_indexdef(w.indexrelid) END AS definition,
           format('CREATE %sINDEX %I ', CASE WHEN w.indisunique THEN 'UNIQUE ' END, w.relname) AS beginning,
           CASE WHEN w.whole AND w.relkind = 'i' AND NOT w.held THEN ' WHERE ' || pg_get_expr(w.indpred, w.indrelid) END AS condition
    FROM told AS w
)
SELECT format('%I.%I', w.nspname, w.relname) AS object, w.indexrelid::bigint AS index_oid, w.nspname::text AS schema,
       w.relname::text AS index, w.indrelid::bigint AS oid, w.of::text AS "table", format('%I.%I', w.nspname, w.of) AS relation,
       (SELECT string_agg(quote_ident(c), ', ' ORDER BY c) FROM unnest(w.names) AS c) AS columns,
       nullif(w.relpages, 0)::bigint * current_setting('block_size')::bigint AS size,
       CASE WHEN w.whole AND w.relkind = 'i' THEN 'The fix makes it without the condition, then drops this one.'
            WHEN w.whole THEN 'Make it without the condition, then drop this one.'
            ELSE 'The rest of the condition means something: make it with that alone, then drop this one.' END AS how,
       CASE WHEN right(w.definition, length(w.condition)) = w.condition AND starts_with(w.definition, w.beginning)
            THEN format(E'CREATE %sINDEX CONCURRENTLY %s;\nDROP INDEX CONCURRENTLY %I.%I;', CASE WHEN w.indisunique THEN 'UNIQUE ' END,
                        left(substr(w.definition, length(w.beginning) + 1), -length(w.condition)), w.nspname, w.relname) END AS fix,
       w.definition || ';' AS undo
FROM written AS w
ORDER BY 1
