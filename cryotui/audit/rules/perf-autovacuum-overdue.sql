-- title: Autovacuum overdue
-- severity: bad
-- group: performance
-- kind: table
-- about: A table with more dead rows than its threshold for autovacuum, its own parameters counted before the server's (from 18
--   on with their cap), that was not vacuumed for an hour and that no vacuum works on now. Up to twice the threshold it is
--   watched: one look cannot tell how long ago it was crossed. A TOAST table counts for its table.
-- why: Autovacuum should have come and did not: its workers are busy, too slow, cancelled by locks, or the launcher is stuck. The
--   table grows meanwhile.
-- evidence: {fullness:times} the threshold
-- detail: {dead:count} dead rows{part}, threshold {threshold:count}, {vacuumed}. {workers}{held}
-- fix: VACUUM (ANALYZE) {relation};
-- lock: SHARE UPDATE EXCLUSIVE; reads and writes go on
-- concurrently: yes
-- cost: K2
-- needs: primary setting:track_counts setting:autovacuum
-- parameters: hours=1.0 bad=2.0 rows=1000
-- references: https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM; https://www.postgresql.org/docs/current/runtime-config-autovacuum.html
WITH known AS MATERIALIZED (
    SELECT extract(epoch FROM clock_timestamp()
                   - greatest(pg_stat_get_db_stat_reset_time(d.oid),
                              least(pg_stat_get_bgwriter_stat_reset_time(), a.stats_reset, w.stats_reset)))::float8 / 3600 AS hours
    FROM pg_catalog.pg_database AS d, pg_stat_get_archiver() AS a, pg_stat_get_wal() AS w
    WHERE d.datname = current_database()
), counted AS (
    SELECT c.oid, c.relkind, c.reltuples, c.reloptions, pg_stat_get_dead_tuples(c.oid) AS dead
    FROM pg_catalog.pg_class AS c
    WHERE c.relkind IN ('r', 'm', 't') AND c.relpersistence <> 't' AND c.oid >= 16384
      AND pg_stat_get_dead_tuples(c.oid) >= $3::bigint
), owned AS (
    SELECT c.oid, c.reltuples, c.dead, c.relkind = 't' AS toast, t.oid AS table_oid, t.relname, t.relnamespace,
           -- a TOAST table without parameters of its own takes those of its table
           coalesce(c.reloptions, t.reloptions) AS reloptions
    FROM counted AS c
    JOIN pg_catalog.pg_class AS t
      ON CASE WHEN c.relkind = 't' THEN t.reltoastrelid = c.oid ELSE t.oid = c.oid END
), due AS (
    SELECT o.*, a.threshold, o.dead / greatest(a.threshold, 1) AS fullness,
           greatest(pg_stat_get_last_vacuum_time(o.oid), pg_stat_get_last_autovacuum_time(o.oid)) AS vacuumed_at
    FROM owned AS o
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_and(p.option_value::boolean) FILTER (WHERE p.option_name = 'autovacuum_enabled'), true) AS enabled,
               least(coalesce(max(p.option_value::float8) FILTER (WHERE p.option_name = 'autovacuum_vacuum_threshold'),
                              current_setting('autovacuum_vacuum_threshold')::float8)
                     + coalesce(max(p.option_value::float8) FILTER (WHERE p.option_name = 'autovacuum_vacuum_scale_factor'),
                                current_setting('autovacuum_vacuum_scale_factor')::float8) * greatest(o.reltuples, 0),
                     nullif(coalesce(nullif(max(p.option_value::float8)
                                                FILTER (WHERE p.option_name = 'autovacuum_vacuum_max_threshold'), -1),
                                     current_setting('autovacuum_vacuum_max_threshold', true)::float8), -1)) AS threshold
        FROM pg_options_to_table(o.reloptions) AS p
    ) AS a
    WHERE a.enabled AND o.dead > a.threshold
), late AS MATERIALIZED (
    SELECT d.* FROM due AS d
    CROSS JOIN known AS k
    WHERE (d.vacuumed_at < clock_timestamp() - make_interval(secs => $1::float8 * 3600)
           OR (d.vacuumed_at IS NULL AND k.hours >= $1::float8))
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks AS l
                      WHERE l.locktype = 'relation' AND l.relation IN (d.oid, d.table_oid) AND l.granted
                        AND l.mode = 'ShareUpdateExclusiveLock'
                        AND l.database = (SELECT b.oid FROM pg_catalog.pg_database AS b WHERE b.datname = current_database()))
), workers AS MATERIALIZED (
    SELECT CASE WHEN pg_has_role('pg_read_all_stats', 'USAGE')
                THEN format('%s of %s workers are busy.', count(*) FILTER (WHERE p.backend_type = 'autovacuum worker'),
                            current_setting('autovacuum_max_workers'))
                ELSE 'Whether workers are busy is hidden.' END AS said
    FROM pg_catalog.pg_stat_activity AS p
), held AS MATERIALIZED (
    SELECT format(' Process %s has a transaction open for %s s, which holds vacuum back.', p.pid,
                  extract(epoch FROM clock_timestamp() - p.xact_start)::bigint) AS said
    FROM pg_catalog.pg_stat_activity AS p
    WHERE p.datname = current_database() AND p.backend_xmin IS NOT NULL AND p.pid <> pg_backend_pid()
      AND p.xact_start < clock_timestamp() - interval '1 min'
    ORDER BY age(p.backend_xmin) DESC LIMIT 1
)
SELECT format(CASE WHEN l.toast THEN '%I.%I (TOAST)' ELSE '%I.%I' END, n.nspname, l.relname) AS object,
       format('%I.%I', n.nspname, l.relname) AS relation,
       l.table_oid::bigint AS oid, n.nspname::text AS schema, l.relname::text AS "table",
       l.dead, l.threshold, l.fullness,
       CASE WHEN l.toast THEN ' in its TOAST table' ELSE '' END AS part,
       CASE WHEN l.vacuumed_at IS NULL THEN 'never vacuumed since the counters began'
            ELSE format('vacuumed %s h ago', round(extract(epoch FROM clock_timestamp() - l.vacuumed_at)::numeric / 3600, 1))
       END AS vacuumed,
       w.said AS workers, coalesce((SELECT h.said FROM held AS h), '') AS held,
       CASE WHEN l.fullness < $2::float8 THEN 'watch' END AS severity
FROM late AS l
CROSS JOIN workers AS w
JOIN pg_catalog.pg_namespace AS n ON n.oid = l.relnamespace
ORDER BY 1
