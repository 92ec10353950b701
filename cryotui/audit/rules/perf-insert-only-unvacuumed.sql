-- title: New rows not vacuumed
-- severity: info
-- group: performance
-- kind: table
-- about: A table with 10,000 rows or more into which more rows were inserted since its last vacuum than autovacuum waits for, its own
--   parameters counted before the server's, and that was not vacuumed for an hour. Never vacuumed ones are found by
--   perf-never-vacuumed, dead rows by perf-autovacuum-overdue.
-- why: Pages of new rows are not marked visible: index-only scans read the table after all. They are not frozen either, so the vacuum
--   against wraparound has to write all of them at once, on a day that nobody chose.
-- evidence: {inserted:count} new, {fullness:times} limit
-- detail: Last vacuumed {vacuumed}; autovacuum waits for {threshold:count} new rows. {how}
-- fix: VACUUM (ANALYZE) {object};
-- lock: SHARE UPDATE EXCLUSIVE; reads and writes go on
-- concurrently: yes
-- cost: K2
-- needs: primary setting:track_counts
-- parameters: hours=1.0 rows=10000 times=2.0
-- references: https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM; pg-extras vacuum_stats
WITH counted AS MATERIALIZED (
    SELECT t.oid, t.relname, n.nspname, greatest(t.reltuples, 0)::float8 AS rows, t.reloptions,
           pg_stat_get_ins_since_vacuum(t.oid) AS inserted,
           greatest(pg_stat_get_last_vacuum_time(t.oid), pg_stat_get_last_autovacuum_time(t.oid)) AS vacuumed_at
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE t.relkind IN ('r', 'm') AND t.relpersistence <> 't' AND t.oid >= 16384
      AND pg_stat_get_ins_since_vacuum(t.oid) > 0 AND greatest(pg_stat_get_live_tuples(t.oid), t.reltuples) >= $2::bigint
), set AS (
    SELECT c.*,
           coalesce(o.enabled, true) AS enabled,
           coalesce(o.base, current_setting('autovacuum_vacuum_insert_threshold')::float8) AS base,
           coalesce(o.scale, current_setting('autovacuum_vacuum_insert_scale_factor')::float8) AS scale
    FROM counted AS c
    CROSS JOIN LATERAL (
        SELECT bool_and(p.option_value::boolean) FILTER (WHERE p.option_name = 'autovacuum_enabled') AS enabled,
               max(p.option_value::float8) FILTER (WHERE p.option_name = 'autovacuum_vacuum_insert_threshold') AS base,
               max(p.option_value::float8) FILTER (WHERE p.option_name = 'autovacuum_vacuum_insert_scale_factor') AS scale
        FROM pg_options_to_table(c.reloptions) AS p
    ) AS o
    WHERE c.vacuumed_at < clock_timestamp() - make_interval(secs => $1::float8 * 3600)
), due AS MATERIALIZED (
    -- switched off for new rows, what autovacuum waits for elsewhere is the measure
    SELECT s.*, s.base < 0 AS never, CASE WHEN s.base < 0 THEN 1000 ELSE s.base END + s.scale * s.rows AS threshold FROM set AS s
), worked_on AS MATERIALIZED (
    SELECT l.relation FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.granted AND l.mode = 'ShareUpdateExclusiveLock' AND l.pid <> pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
)
SELECT format('%I.%I', d.nspname, d.relname) AS object, d.oid::bigint AS oid, d.nspname::text AS schema, d.relname::text AS "table",
       d.inserted, round(d.threshold)::bigint AS threshold,
       d.inserted / greatest(d.threshold, 1) AS fullness,
       to_char(d.vacuumed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') AS vacuumed,
       CASE WHEN NOT d.enabled THEN 'Autovacuum is switched off for this table: RESET (autovacuum_enabled).'
            WHEN d.never THEN 'Autovacuum is told not to come for new rows: see autovacuum_vacuum_insert_threshold.'
            ELSE 'Its workers are busy, too slow or cancelled by locks: see perf-autovacuum-overdue and the server log.' END AS how
FROM due AS d
WHERE d.inserted > $3::float8 * d.threshold AND d.oid NOT IN (SELECT w.relation FROM worked_on AS w WHERE w.relation IS NOT NULL)
ORDER BY 1
