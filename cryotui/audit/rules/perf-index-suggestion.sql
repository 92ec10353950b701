-- title: Index suggested
-- severity: info
-- group: performance
-- kind: columns
-- about: A table of 10,000 rows or more that statements search by column = value where few rows have one value, and no index begins
--   with such a column. Read from the 200 statements with the most time that were called 100 times or more and take 1 millisecond
--   or more; of their texts only those count that are wholly understood: one table, conditions joined by AND. Joins, OR,
--   sub-selects and views are not judged; perf-seq-scan-heavy names the tables these read.
-- why: Each of these statements reads the whole table to find a few rows.
-- evidence: {calls:count} calls, {mean} ms each
-- detail: {query} -- about {found:count} of {rows:count} rows have one value by the statistics. The fix is a suggestion of the catalogs,
--   not of the planner: try it with hypopg where that is installed, and look at the plan afterwards.
-- shape: CREATE INDEX CONCURRENTLY ON {table} ({columns});
-- lock: SHARE UPDATE EXCLUSIVE for CREATE INDEX CONCURRENTLY; reads and writes go on
-- concurrently: yes
-- needs: extension:pg_stat_statements role:pg_read_all_stats
-- cost: K2
-- certainty: estimated
-- parameters: rows=10000 calls=100 milliseconds=1.0 most=200 found=0.02
-- references: https://www.postgresql.org/docs/current/indexes-examine.html; https://www.postgresql.org/docs/current/pgstatstatements.html; pghero suggested_indexes
SELECT 'statements' AS object, replace(replace(replace(replace(replace(replace($question$
       WITH heavy AS MATERIALIZED (
           SELECT s.queryid, sum(s.calls)::bigint AS calls, sum(s.total_exec_time)::float8 AS total_time
           FROM @schema.pg_stat_statements(showtext := false) AS s
           WHERE s.dbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()) AND s.queryid IS NOT NULL
           GROUP BY s.queryid
           HAVING sum(s.calls) >= @calls AND sum(s.total_exec_time) >= @milliseconds * sum(s.calls)
           ORDER BY 3 DESC, 1
           LIMIT @most
       ), text AS MATERIALIZED (
           -- the texts lie in one file, read whole: only when there is something to show
           SELECT DISTINCT ON (s.queryid) s.queryid, s.query
           FROM @schema.pg_stat_statements(showtext := EXISTS (SELECT FROM heavy)) AS s
           WHERE s.queryid IN (SELECT h.queryid FROM heavy AS h) AND length(s.query) < 4000
             AND s.dbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
           ORDER BY s.queryid, s.calls DESC
       ), bare AS (
           -- a name in which a comment seems to begin is left alone, and so is its statement
           SELECT t.queryid, t.query, regexp_replace(t.query, '/\*([^*]|\*+[^*/])*\*+/|--[^\n]*', ' ', 'g') AS text
           FROM text AS t WHERE t.query !~ '"[^"]*(--|/\*)[^"]*"'
       ), part AS (
           SELECT '(?:"(?:[^"]|"")+"|[[:alpha:]_][[:alnum:]_$]*)' AS name
       ), grammar AS MATERIALIZED (
           SELECT p.name, '(?:' || p.name || '\s*\.\s*)?' || p.name || '\s*(?:'
                  || '(?:=|<>|!=|<=?|>=?|\mi?like\M|\mnot\s+i?like\M)\s*\$\d+(?:::[[:alnum:]_ ]+)?'
                  || '|=\s*any\s*\(\s*\$\d+(?:::[[:alnum:]_ \[\]]+)?\s*\)|\min\s*\(\s*\$\d+[\s,$\d]*\)'
                  || '|\mis\s+(?:not\s+)?null\M)' AS condition
           FROM part AS p
       ), read AS (
           SELECT b.queryid, b.query, g.name,
                  regexp_match(b.text,
                      '^\s*(?:select\s(?:(?!\mfrom\M).)*\sfrom|delete\s+from|update)\s+(?:only\s+)?((?:' || g.name || '\s*\.\s*)?' || g.name
                      || ')(?:\s+as\M)?(?:\s+(?!\m(?:where|set)\M)' || g.name || ')?\s+(?:set\s(?:(?!\m(?:where|from)\M).)*\s)?where\s*\(*\s*('
                      || g.condition || '(?:\s+and\s+' || g.condition || ')*)\s*\)*'
                      || '(?:\s+(?:order|limit|offset|fetch|for|group|returning)\M[^()]*)?\s*;?\s*$', 'i') AS found
           FROM bare AS b CROSS JOIN grammar AS g
       ), searched AS MATERIALIZED (
           SELECT r.queryid, r.query, parse_ident(r.found[1]) AS "table",
                  ARRAY(SELECT DISTINCT (parse_ident(c[1]))[1]
                        FROM regexp_matches(r.found[2], '(' || r.name || ')\s*(?:=|\min\s*\()', 'gi') AS c) AS columns
           FROM read AS r WHERE r.found IS NOT NULL
       ), relation AS MATERIALIZED (
           SELECT t.oid, n.nspname, t.relname, greatest(pg_stat_get_live_tuples(t.oid), t.reltuples, 0)::float8 AS rows,
                  count(*) OVER (PARTITION BY t.relname) AS alike
           FROM pg_catalog.pg_class AS t
           JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
           WHERE t.relkind IN ('r', 'p', 'm', 'v', 'f') AND t.oid >= 16384 AND NOT t.relispartition
             AND t.relname IN (SELECT s."table"[cardinality(s."table")] FROM searched AS s)
       ), wanted AS MATERIALIZED (
           -- a name without a schema is the table's when there is no other of that name
           SELECT s.queryid, s.query, s.columns, r.oid, r.nspname, r.relname, r.rows
           FROM searched AS s
           JOIN relation AS r ON r.relname = s."table"[cardinality(s."table")]
            AND CASE WHEN cardinality(s."table") = 1 THEN r.alike = 1 ELSE r.nspname = s."table"[1] END
           JOIN pg_catalog.pg_class AS t ON t.oid = r.oid AND t.relkind IN ('r', 'm') AND pg_stat_get_numscans(t.oid) > 0
           WHERE r.rows >= @rows AND cardinality(s.columns) > 0
       ), told AS MATERIALIZED (
           SELECT w.queryid, w.oid, w.rows, a.attname, a.attnum, p.attname IS NULL
                      AND (NOT has_column_privilege(w.oid, a.attnum, 'SELECT') OR row_security_active(w.oid)) AS hidden,
                  w.rows * (1 - p.null_frac) / nullif(CASE WHEN p.n_distinct < 0 THEN -p.n_distinct * w.rows ELSE p.n_distinct END, 0)
                      AS found
           FROM wanted AS w
           JOIN pg_catalog.pg_attribute AS a ON a.attrelid = w.oid AND a.attname::text = ANY (w.columns) AND a.attnum > 0
           LEFT JOIN pg_catalog.pg_stats AS p ON p.schemaname = w.nspname AND p.tablename = w.relname AND p.attname = a.attname AND NOT p.inherited
       ), best AS MATERIALIZED (
           SELECT DISTINCT ON (t.queryid, t.oid) t.queryid, t.oid, t.attname, t.found
           FROM told AS t
           WHERE t.found <= greatest(t.rows * @found, 1)
             AND NOT EXISTS (SELECT FROM told AS o
                             JOIN pg_catalog.pg_index AS x ON x.indrelid = o.oid AND x.indkey[0] = o.attnum AND x.indisvalid
                             WHERE o.queryid = t.queryid AND o.oid = t.oid AND (o.found <= greatest(o.rows * @found, 1) OR o.found IS NULL))
           ORDER BY t.queryid, t.oid, t.found, t.attname
       ), suggested AS (
           SELECT b.oid, b.attname, w.nspname, w.relname, max(w.rows) AS rows, max(b.found) AS found, sum(h.calls)::bigint AS calls,
                  sum(h.total_time) AS total_time, (array_agg(h.queryid ORDER BY h.total_time DESC))[1] AS query_id,
                  (array_agg(w.query ORDER BY h.total_time DESC))[1] AS query
           FROM best AS b
           JOIN wanted AS w ON w.queryid = b.queryid AND w.oid = b.oid
           JOIN heavy AS h ON h.queryid = b.queryid
           GROUP BY b.oid, b.attname, w.nspname, w.relname
       )
       SELECT format('%I.%I.%I', s.nspname, s.relname, s.attname) AS object, s.oid::bigint AS oid, s.nspname::text AS schema,
              s.relname::text AS "table", s.attname::text AS "column", s.rows, ceil(s.found)::bigint AS found, s.calls, s.total_time,
              CASE WHEN s.total_time / s.calls < 10 THEN to_char(s.total_time / s.calls, 'FM0.0')
                   ELSE round((s.total_time / s.calls)::numeric)::text END AS mean, s.query_id, left(s.query, 1000) AS query,
              format('CREATE INDEX CONCURRENTLY ON %I.%I (%I);', s.nspname, s.relname, s.attname) AS fix,
              NULL AS unknown, NULL AS remedy
       FROM suggested AS s
       UNION ALL
       SELECT DISTINCT format('%I.%I.%I', w.nspname, w.relname, t.attname), w.oid::bigint, NULL, NULL, NULL, NULL::float8, NULL::bigint,
              NULL::bigint, NULL::float8, NULL, NULL::bigint, NULL, NULL, 'the statistics of its column are hidden',
              format('GRANT SELECT ON %I.%I TO %I;', w.nspname, w.relname, current_user)
       FROM told AS t JOIN wanted AS w ON w.queryid = t.queryid AND w.oid = t.oid
       WHERE t.hidden
       ORDER BY 1
       $question$, '@schema', quote_ident(n.nspname)), '@calls', $2::bigint::text), '@milliseconds', $3::float8::text),
       '@most', $4::bigint::text), '@rows', $1::bigint::text), '@found', $5::float8::text) AS question
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
WHERE e.extname = 'pg_stat_statements'
