-- title: One statement dominates
-- severity: info
-- group: performance
-- kind: statement
-- about: A statement that takes more than 30 of 100 parts of the execution time of all statements in this database, since
--   the reset of pg_stat_statements and from a minute in all on. All its users count together.
-- why: What makes this one faster makes the whole server faster; everything else matters less.
-- detail: {query} -- {calls:count} calls of {mean:text} ms on average since {since}. Look at its plan with EXPLAIN (ANALYZE,
--   BUFFERS); it may as well be the main work of the application.
-- needs: extension:pg_stat_statements role:pg_read_all_stats
-- cost: K2
-- parameters: percent=30 seconds=60
-- lock: none; EXPLAIN ANALYZE runs the statement
-- references: https://www.postgresql.org/docs/current/pgstatstatements.html; supabase inspect db outliers
SELECT 'statements' AS object, format($question$
           WITH counted AS MATERIALIZED (
               SELECT s.queryid, sum(s.calls)::bigint AS calls, sum(s.total_exec_time)::float8 AS total_time,
                      sum(s.rows)::bigint AS rows, sum(sum(s.total_exec_time)) OVER ()::float8 AS whole
               FROM %1$I.pg_stat_statements(showtext := false) AS s
               -- what runs inside a function is counted with the statement that calls it
               WHERE s.dbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()) %2$s
               GROUP BY s.queryid
           ), top AS MATERIALIZED (
               SELECT c.* FROM counted AS c
               WHERE c.queryid IS NOT NULL AND c.whole >= 1000 * %4$s::float8 AND c.total_time > c.whole * %3$s::float8 / 100
           ), text AS (
               -- the texts lie in one file, read whole: only when there is something to show
               SELECT DISTINCT ON (s.queryid) s.queryid, left(s.query, 1000) AS query
               FROM %1$I.pg_stat_statements(showtext := EXISTS (SELECT FROM top)) AS s
               WHERE s.queryid IN (SELECT t.queryid FROM top AS t)
                 AND s.dbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
               ORDER BY s.queryid, s.calls DESC
           )
           SELECT 'statement ' || t.queryid AS object, t.queryid AS query_id, x.query, t.calls, t.total_time,
                  t.total_time / nullif(t.calls, 0) AS mean_time, to_char(t.total_time / nullif(t.calls, 0), 'FM999999990.0') AS mean,
                  t.rows, t.total_time / t.whole AS share, %5$s AS since,
                  round((100 * t.total_time / t.whole)::numeric) || '%% of the statement time' AS evidence
           FROM top AS t LEFT JOIN text AS x ON x.queryid = t.queryid
           ORDER BY t.total_time DESC
           $question$, n.nspname,
           CASE WHEN new.toplevel THEN 'AND s.toplevel' ELSE '' END, $1::float8, $2::float8,
           CASE WHEN new.toplevel
                THEN format('(SELECT to_char(i.stats_reset AT TIME ZONE ''UTC'', ''YYYY-MM-DD HH24:MI "UTC"'') '
                            'FROM %I.pg_stat_statements_info() AS i)', n.nspname)
                ELSE '''the reset''' END) AS question
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
-- toplevel and the time of the reset are told from 1.9 on
CROSS JOIN LATERAL (SELECT string_to_array(e.extversion, '.')::int[] >= ARRAY[1, 9] AS toplevel) AS new
WHERE e.extname = 'pg_stat_statements'
