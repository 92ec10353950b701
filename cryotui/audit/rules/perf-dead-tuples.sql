-- title: Many dead rows
-- severity: watch
-- group: performance
-- kind: table
-- about: A table with 10,000 dead rows or more, about 20% of the live ones (19.5%), that no vacuum works on now. Tables whose
--   vacuum is overdue have a rule of their own; here are those that were vacuumed within the last hour all the same, whose
--   threshold is higher, or for which autovacuum is off.
-- why: Scans read the dead rows and pass over them, indexes point to them, and the space is not used again before a vacuum.
-- evidence: {share:percent} dead, {dead:count} rows
-- detail: {dead:count} dead and {live:count} live rows. {cause}
-- fix: VACUUM (ANALYZE) {object};
-- lock: SHARE UPDATE EXCLUSIVE; reads and writes go on
-- concurrently: yes
-- cost: K2
-- needs: primary setting:track_counts
-- parameters: rows=10000 share=0.195 hours=1.0
-- references: https://www.postgresql.org/docs/current/routine-vacuuming.html; pgwatch table_stats
WITH counted AS (
    SELECT t.oid, n.nspname, t.relname, t.reltuples, t.reloptions,
           pg_stat_get_dead_tuples(t.oid) AS dead, pg_stat_get_live_tuples(t.oid) AS live
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE t.relkind IN ('r', 'm') AND t.relpersistence <> 't' AND t.oid >= 16384
      AND pg_stat_get_dead_tuples(t.oid) >= $1::bigint
), judged AS (
    SELECT c.*, c.dead / nullif((c.dead + c.live)::float8, 0) AS share, a.enabled, a.threshold,
           greatest(pg_stat_get_last_vacuum_time(c.oid), pg_stat_get_last_autovacuum_time(c.oid)) AS vacuumed_at
    FROM counted AS c
    CROSS JOIN LATERAL (
        SELECT current_setting('autovacuum')::boolean
                   AND coalesce(bool_and(o.option_value::boolean) FILTER (WHERE o.option_name = 'autovacuum_enabled'), true)
                   AS enabled,
               -- the cap is from 18 on
               least(coalesce(max(o.option_value::float8) FILTER (WHERE o.option_name = 'autovacuum_vacuum_threshold'),
                              current_setting('autovacuum_vacuum_threshold')::float8)
                     + coalesce(max(o.option_value::float8) FILTER (WHERE o.option_name = 'autovacuum_vacuum_scale_factor'),
                                current_setting('autovacuum_vacuum_scale_factor')::float8) * greatest(c.reltuples, 0),
                     nullif(coalesce(nullif(max(o.option_value::float8)
                                                FILTER (WHERE o.option_name = 'autovacuum_vacuum_max_threshold'), -1),
                                     current_setting('autovacuum_vacuum_max_threshold', true)::float8), -1)) AS threshold
        FROM pg_options_to_table(c.reloptions) AS o
    ) AS a
    WHERE c.dead >= $2::float8 * c.live
), held AS (
    SELECT p.pid, extract(epoch FROM clock_timestamp() - p.xact_start)::bigint AS seconds
    FROM pg_catalog.pg_stat_activity AS p
    WHERE p.datname = current_database() AND p.backend_xmin IS NOT NULL AND p.pid <> pg_backend_pid()
      AND p.xact_start < clock_timestamp() - interval '1 min'
    ORDER BY age(p.backend_xmin) DESC LIMIT 1
)
SELECT format('%I.%I', j.nspname, j.relname) AS object, j.oid::bigint AS oid, j.nspname::text AS schema,
       j.relname::text AS "table", j.dead, j.live, coalesce(j.share, 1)::float8 AS share, j.threshold,
       concat_ws(' ',
           CASE WHEN NOT j.enabled THEN 'Autovacuum is off for it.'
                WHEN j.dead <= j.threshold THEN format('Autovacuum comes at %s.', round(j.threshold::numeric))
                ELSE 'Vacuumed within the last hour, so they came quickly or could not be removed.' END,
           (SELECT format('Process %s has a transaction open for %s s, which holds vacuum back.', h.pid, h.seconds) FROM held AS h)
       ) AS cause
FROM judged AS j
WHERE NOT (j.enabled AND j.dead > j.threshold
           AND (j.vacuumed_at IS NULL OR j.vacuumed_at < clock_timestamp() - make_interval(secs => $3::float8 * 3600)))
  -- a vacuum, an ANALYZE or a build of an index holds this lock
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks AS l
                  WHERE l.locktype = 'relation' AND l.relation = j.oid AND l.mode = 'ShareUpdateExclusiveLock' AND l.granted
                    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()))
ORDER BY 1
