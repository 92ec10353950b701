-- title: Statistics out of date
-- severity: watch
-- group: performance
-- kind: table
-- about: A table where more rows changed since its last ANALYZE than autovacuum lets pass, by another 10% of the rows, with no
--   ANALYZE for an hour and none at work now. Its own parameters count before the server's. Below 10,000 rows it is
--   information. Tables that were never analysed have rules of their own.
-- why: The planner believes in numbers of yesterday: a new day, tenant or state that most queries ask for counts as rare, and
--   the plan that was right for it then is slow now.
-- evidence: {changed:percent} changed since
-- detail: {changes:count} changes in {rows:count} rows; autovacuum comes at {threshold:count}. {analysed}{switch}
-- fix: ANALYZE {object};
-- lock: SHARE UPDATE EXCLUSIVE; reads and writes go on
-- cost: K2
-- needs: primary setting:track_counts
-- parameters: share=0.1 hours=1.0 small=10000
-- references: https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-STATISTICS
WITH changed AS (
    SELECT t.oid, n.nspname, t.relname, t.relkind, t.reloptions, greatest(t.reltuples, 0)::float8 AS known_rows,
           pg_stat_get_live_tuples(t.oid) AS live, greatest(pg_stat_get_live_tuples(t.oid), t.reltuples, 0)::float8 AS rows,
           pg_stat_get_mod_since_analyze(t.oid) AS changes
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE t.relkind IN ('r', 'm') AND t.relpersistence <> 't' AND t.oid >= 16384 AND t.reltuples >= 0
      AND pg_stat_get_mod_since_analyze(t.oid) > $1::float8 * greatest(t.reltuples, 0)
), due AS (
    SELECT c.*, a.threshold, a.enabled,
           greatest(pg_stat_get_last_analyze_time(c.oid), pg_stat_get_last_autoanalyze_time(c.oid)) AS analysed_at
    FROM changed AS c
    CROSS JOIN LATERAL (
        SELECT coalesce(max(o.option_value::float8) FILTER (WHERE o.option_name = 'autovacuum_analyze_threshold'),
                        current_setting('autovacuum_analyze_threshold')::float8)
               + coalesce(max(o.option_value::float8) FILTER (WHERE o.option_name = 'autovacuum_analyze_scale_factor'),
                          current_setting('autovacuum_analyze_scale_factor')::float8) * c.known_rows AS threshold,
               current_setting('autovacuum')::boolean
                   AND coalesce(bool_and(o.option_value::boolean) FILTER (WHERE o.option_name = 'autovacuum_enabled'), true)
                   AS enabled
        FROM pg_options_to_table(c.reloptions) AS o
    ) AS a
    WHERE c.changes > a.threshold + $1::float8 * c.known_rows
)
SELECT format('%I.%I', d.nspname, d.relname) AS object, d.oid::bigint AS oid, d.nspname::text AS schema,
       d.relname::text AS "table", d.changes, d.rows, d.threshold, d.changes / greatest(d.rows, 1) AS changed,
       CASE WHEN d.analysed_at IS NULL THEN 'When it was analysed is lost.'
            ELSE format('Analysed %s h ago.', round(extract(epoch FROM clock_timestamp() - d.analysed_at)::numeric / 3600, 1))
       END AS analysed,
       CASE WHEN d.enabled THEN '' ELSE ' Autovacuum is off for it.' END AS switch,
       CASE WHEN d.rows < $3::float8 THEN 'info' END AS severity,
       CASE WHEN NOT proof.there
            THEN format('when it was analysed is lost, and %I may not see whether it has statistics', current_user) END AS unknown,
       CASE WHEN NOT proof.there THEN 'privilege' END AS unknown_kind,
       CASE WHEN NOT proof.there AND NOT row_security_active(d.oid)
            THEN format('GRANT SELECT ON %I.%I TO %I;', d.nspname, d.relname, current_user) END AS remedy
FROM due AS d
CROSS JOIN LATERAL (
    -- after a crash or a reset the date is lost, and statistics prove that there was one
    SELECT d.analysed_at IS NOT NULL
           OR EXISTS (SELECT FROM pg_catalog.pg_stats AS s WHERE s.schemaname = d.nspname AND s.tablename = d.relname) AS there
) AS proof
WHERE (d.analysed_at < clock_timestamp() - make_interval(secs => $2::float8 * 3600)
       OR (d.analysed_at IS NULL AND d.live < 10000
           AND (proof.there OR row_security_active(d.oid) OR NOT has_table_privilege(d.oid, 'SELECT'))))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks AS l
                  WHERE l.locktype = 'relation' AND l.relation = d.oid AND l.mode = 'ShareUpdateExclusiveLock' AND l.granted
                    AND l.database = (SELECT b.oid FROM pg_catalog.pg_database AS b WHERE b.datname = current_database()))
ORDER BY 1
