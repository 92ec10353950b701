-- title: Never vacuumed or analysed
-- severity: watch
-- group: performance
-- kind: table
-- about: A table with many rows that was never analysed or never vacuumed, neither by hand nor by autovacuum.
-- why: Without statistics the planner guesses, and chooses plans for a table of another size. Without a vacuum there is no
--   visibility map: index-only scans read the table after all, and its first freezing will be the most expensive.
-- detail: About {rows:count} rows: an estimate {source}. Autovacuum is {autovacuum} for it.
-- fix: VACUUM (ANALYZE) {object};
-- lock: SHARE UPDATE EXCLUSIVE; reads and writes go on
-- concurrently: yes
-- cost: K2
-- certainty: estimated
-- needs: primary setting:track_counts
-- parameters: rows=10000
-- references: https://www.postgresql.org/docs/current/routine-vacuuming.html
WITH counted AS (
    SELECT t.oid, n.nspname, t.relname, t.relpages, t.reltuples, t.relkind, t.reloptions,
           pg_stat_get_live_tuples(t.oid) AS live,
           coalesce(pg_stat_get_last_analyze_time(t.oid), pg_stat_get_last_autoanalyze_time(t.oid)) IS NULL AS not_analysed,
           coalesce(pg_stat_get_last_vacuum_time(t.oid), pg_stat_get_last_autovacuum_time(t.oid)) IS NULL AS not_vacuumed
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE t.relkind IN ('r', 'm') AND t.relpersistence <> 't' AND t.oid >= 16384
), busy AS MATERIALIZED (
    SELECT l.relation FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid()
), judged AS (
    SELECT c.*,
           coalesce(size_now.reckoned, CASE WHEN c.reltuples > 0 AND c.relpages > 0 THEN c.reltuples::bigint END, c.live) AS rows,
           CASE WHEN size_now.reckoned IS NOT NULL THEN 'from its last count and its size now'
                WHEN c.reltuples > 0 AND c.relpages > 0 THEN 'from its last count'
                ELSE 'of the statistics, which count what sessions report' END AS source,
           has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid) AS sees_statistics
    FROM counted AS c
    -- rows a page at the last count, times the pages there are now; the counters of the statistics count rows twice whose
    -- session was analysed before it reported them, and begin again after a crash
    CROSS JOIN LATERAL (
        SELECT CASE WHEN c.relpages > 0 AND c.reltuples >= 0 AND c.oid NOT IN (SELECT b.relation FROM busy AS b)
                    THEN c.reltuples::float8 / c.relpages * pg_relation_size(c.oid) / current_setting('block_size')::int
               END::bigint AS reckoned
    ) AS size_now
    WHERE (c.not_analysed OR c.not_vacuumed) AND greatest(c.live, c.reltuples::bigint) >= $1::bigint
), proved AS (
    SELECT j.*,
           -- the dates and counters begin again after a crash or a reset, statistics do not: rows that were all counted since
           -- then prove it, else the absence of statistics does, where the role may see them
           j.not_analysed AND (j.reltuples < 0 OR j.live >= $1::bigint
                               OR (j.sees_statistics AND NOT coalesce(s.there, false))) AS no_statistics,
           j.not_analysed AND j.reltuples >= 0 AND j.live < $1::bigint AND NOT j.sees_statistics AS cannot_tell
    FROM judged AS j
    LEFT JOIN LATERAL (
        SELECT true AS there FROM pg_catalog.pg_stats AS s
        WHERE j.sees_statistics AND s.schemaname = j.nspname AND s.tablename = j.relname LIMIT 1
    ) AS s ON true
)
SELECT format('%I.%I', p.nspname, p.relname) AS object, p.oid::bigint AS oid, p.nspname::text AS schema,
       p.relname::text AS "table",
       p.rows, p.source, switch.autovacuum,
       CASE WHEN p.no_statistics THEN NULL ELSE 'info' END AS severity,
       '~' || rounded.rows || CASE WHEN NOT p.no_statistics THEN ' rows, never vacuumed'
                                   WHEN p.not_vacuumed THEN ' rows, no vacuum or stats'
                                   ELSE ' rows, no statistics' END AS evidence,
       CASE WHEN p.cannot_tell THEN 'dates of analyze are lost, and whether there are statistics is hidden' END AS unknown,
       format('GRANT SELECT ON %I.%I TO %I;', p.nspname, p.relname, current_user) AS remedy
FROM proved AS p
CROSS JOIN LATERAL (
    SELECT CASE WHEN p.rows >= 1000000 THEN round(p.rows / 1000000.0, 2) || 'M'
                WHEN p.rows >= 1000 THEN round(p.rows / 1000.0) || 'k'
                ELSE p.rows::text END AS rows
) AS rounded
CROSS JOIN LATERAL (
    SELECT CASE WHEN p.relkind = 'm' OR NOT coalesce((SELECT lower(o.option_value) IN ('off', 'false', 'no', '0', 'f', 'n')
                                                      FROM pg_options_to_table(p.reloptions) AS o
                                                      WHERE o.option_name = 'autovacuum_enabled'), false)
                THEN 'on' ELSE 'switched off' END AS autovacuum
) AS switch
WHERE p.rows >= $1::bigint AND (p.no_statistics OR p.cannot_tell OR (p.not_vacuumed AND NOT p.not_analysed AND p.live >= $1::bigint))
ORDER BY 1
