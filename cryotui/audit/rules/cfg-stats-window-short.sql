-- title: Statistics are young
-- severity: info
-- group: config
-- kind: statistics
-- about: The cumulative statistics of this database, or those of pg_stat_statements, began to count less than 7 days
--   ago.
-- why: Rules about unused indexes, unread tables and slow queries answer from them: what runs once a week or a month has not
--   been seen yet, so nothing should be dropped on their word.
-- evidence: counting for {window}
-- detail: Counted since {since}. Nothing to do but wait; until then a missing scan proves nothing.
-- lock: none
-- cost: K2
-- parameters: days=7
-- references: https://www.postgresql.org/docs/current/monitoring-stats.html
WITH began AS (
    -- a database never reset counts since the server's statistics began, which is the earliest of its shared ones
    SELECT format('%I', d.datname) AS object,
           coalesce(d.stats_reset, (SELECT least(b.stats_reset, a.stats_reset, w.stats_reset)
                                    FROM pg_catalog.pg_stat_bgwriter AS b, pg_catalog.pg_stat_archiver AS a,
                                         pg_catalog.pg_stat_wal AS w)) AS since
    FROM pg_catalog.pg_stat_database AS d
    WHERE d.datname = current_database()
)
SELECT b.object, window_.words AS window, to_char(b.since, 'YYYY-MM-DD HH24:MI') AS since, NULL::text AS question,
       NULL::text AS unknown, NULL::text AS remedy
FROM began AS b
CROSS JOIN LATERAL (
    SELECT CASE WHEN now() - b.since >= interval '2 days' THEN extract(day FROM now() - b.since) || ' days'
                ELSE floor(extract(epoch FROM now() - b.since) / 3600) || ' h' END AS words
) AS window_
WHERE b.since > now() - $1::float8 * interval '1 day'
UNION ALL
SELECT 'pg_stat_statements', NULL, NULL,
       format($question$
           SELECT to_char(i.stats_reset, 'YYYY-MM-DD HH24:MI') AS since,
                  CASE WHEN now() - i.stats_reset >= interval '2 days' THEN extract(day FROM now() - i.stats_reset) || ' days'
                       ELSE floor(extract(epoch FROM now() - i.stats_reset) / 3600) || ' h' END AS window
           FROM %I.pg_stat_statements_info AS i
           WHERE i.stats_reset > now() - %s * interval '1 day'
           $question$, n.nspname, $1::float8),
       CASE WHEN NOT may.readable THEN format('%I may not read %I.pg_stat_statements_info', current_user, n.nspname) END,
       CASE WHEN NOT may.readable
            THEN format('GRANT USAGE ON SCHEMA %1$I TO %2$I; GRANT SELECT ON %1$I.pg_stat_statements_info TO %2$I;',
                        n.nspname, current_user) END
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
-- the view came with version 1.9
JOIN pg_catalog.pg_class AS v ON v.relnamespace = n.oid AND v.relname = 'pg_stat_statements_info'
CROSS JOIN LATERAL (SELECT has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(v.oid, 'SELECT') AS readable) AS may
WHERE e.extname = 'pg_stat_statements'
  AND EXISTS (SELECT FROM pg_catalog.pg_settings AS s WHERE s.name = 'pg_stat_statements.max')
ORDER BY 1
