-- title: Slow statement
-- severity: info
-- group: performance
-- kind: statement
-- about: A query or change of rows that was called 100 times or more in this database and takes more than 20 milliseconds on
--   average, since the reset of pg_stat_statements: 20 at most, those with the most time in all. Both limits can be set;
--   COPY, CALL, maintenance and the like do not count.
-- why: A statement that is called often and is not quick keeps its connection, and users wait for it.
-- detail: {query} -- {calls:count} calls since {since}, {total:text} s in all. Look at its plan with EXPLAIN (ANALYZE,
--   BUFFERS); reports and batches may take their time.
-- needs: extension:pg_stat_statements role:pg_read_all_stats
-- cost: K2
-- parameters: milliseconds=20 calls=100 most=20
-- lock: none; EXPLAIN ANALYZE runs the statement
-- references: https://www.postgresql.org/docs/current/pgstatstatements.html; pghero slow_queries
SELECT 'statements' AS object, format($question$
           WITH slow AS MATERIALIZED (
               SELECT s.queryid, sum(s.calls)::bigint AS calls, sum(s.total_exec_time)::float8 AS total_time, sum(s.rows)::bigint AS rows,
                      max(s.max_exec_time) AS max_time
               FROM %1$I.pg_stat_statements(showtext := false) AS s
               WHERE s.dbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
                 AND s.queryid IS NOT NULL
               GROUP BY s.queryid
               HAVING sum(s.calls) >= %4$s AND sum(s.total_exec_time) > %3$s::float8 * sum(s.calls)
           ), text AS (
               -- the texts lie in one file, read whole: only when there is something to show
               SELECT DISTINCT ON (s.queryid) s.queryid, left(s.query, 1000) AS query
               FROM %1$I.pg_stat_statements(showtext := EXISTS (SELECT FROM slow)) AS s
               WHERE s.queryid IN (SELECT q.queryid FROM slow AS q)
                 AND s.dbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
               ORDER BY s.queryid, s.calls DESC
           )
           SELECT 'statement ' || q.queryid AS object, q.queryid AS query_id, x.query, q.calls, q.total_time, q.rows, q.max_time,
                  q.total_time / q.calls AS mean_time, to_char(q.total_time / 1000, 'FM999999999990.0') AS total, %2$s AS since,
                  CASE WHEN q.total_time / q.calls >= 10000 THEN round((q.total_time / q.calls / 1000)::numeric) || ' s'
                       ELSE round((q.total_time / q.calls)::numeric) || ' ms' END || ' on average' AS evidence
           FROM slow AS q JOIN text AS x ON x.queryid = q.queryid
           WHERE x.query ~* '^(\s|\(|/\*([^*]|\*+[^*/])*\*+/|--[^\n]*\n)*(select|insert|update|delete|merge|with|values|table)\M'
           ORDER BY q.total_time DESC
           LIMIT %5$s
           $question$, n.nspname,
           CASE WHEN string_to_array(e.extversion, '.')::int[] >= ARRAY[1, 9]
                THEN format('(SELECT to_char(i.stats_reset AT TIME ZONE ''UTC'', ''YYYY-MM-DD HH24:MI "UTC"'') '
                            'FROM %I.pg_stat_statements_info() AS i)', n.nspname)
                ELSE '''the reset''' END,
           $1::float8, $2::bigint, $3::bigint) AS question
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
WHERE e.extname = 'pg_stat_statements'
