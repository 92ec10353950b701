-- title: Autovacuum off for a table
-- severity: bad
-- group: performance
-- kind: table
-- about: A table, or its TOAST table, with autovacuum_enabled = off that was written to since the counters began. Below 10,000
--   writes it is watched.
-- why: Nothing removes its dead rows or renews its statistics; it grows, plans get worse, and a vacuum against wraparound comes
--   at the worst time. The switch is often left by a load that is long over.
-- evidence: {writes:count} writes unattended
-- detail: {writes:count} rows written and {dead:count} dead since the counters began; {vacuumed}. {advice}
-- shape: ALTER TABLE {table} RESET ({options});\n-- or\nALTER MATERIALIZED VIEW {view} RESET ({options});
-- lock: SHARE UPDATE EXCLUSIVE for a moment; reads and writes go on
-- cost: K2
-- needs: primary setting:track_counts
-- parameters: writes=10000
-- references: https://www.postgresql.org/docs/current/sql-createtable.html#RELOPTION-AUTOVACUUM-ENABLED
WITH off AS MATERIALIZED (
    SELECT c.oid, c.relkind
    FROM pg_catalog.pg_class AS c
    CROSS JOIN LATERAL pg_options_to_table(c.reloptions) AS o
    WHERE c.relkind IN ('r', 'm', 't') AND c.relpersistence <> 't' AND c.oid >= 16384 AND c.reloptions IS NOT NULL
      AND o.option_name = 'autovacuum_enabled' AND NOT o.option_value::boolean
), mine AS (
    SELECT t.oid, t.relname, t.relnamespace, t.relkind, bool_or(o.relkind <> 't') AS heap, bool_or(o.relkind = 't') AS toast
    FROM off AS o
    JOIN pg_catalog.pg_class AS t ON CASE WHEN o.relkind = 't' THEN t.reltoastrelid = o.oid ELSE t.oid = o.oid END
    GROUP BY t.oid, t.relname, t.relnamespace, t.relkind
), counted AS (
    SELECT m.*, pg_stat_get_tuples_inserted(m.oid) + pg_stat_get_tuples_updated(m.oid) + pg_stat_get_tuples_deleted(m.oid)
               AS writes,
           pg_stat_get_dead_tuples(m.oid) AS dead,
           greatest(pg_stat_get_last_vacuum_time(m.oid), pg_stat_get_last_autovacuum_time(m.oid)) AS vacuumed_at
    FROM mine AS m
)
SELECT made.object, c.oid::bigint AS oid, n.nspname::text AS schema, c.relname::text AS "table", c.writes, c.dead,
       CASE WHEN c.writes < $1::bigint THEN 'watch' END AS severity,
       CASE WHEN c.vacuumed_at IS NULL THEN 'never vacuumed meanwhile'
            ELSE 'vacuumed last on ' || to_char(c.vacuumed_at, 'YYYY-MM-DD HH24:MI')
       END AS vacuumed,
       CASE WHEN NOT c.heap THEN 'Only its TOAST table is left out. ' ELSE '' END
           || 'Where a job vacuums it, raise its thresholds instead of switching it off.' AS advice,
       format('ALTER %s %s RESET (%s);', made.what, made.object, made.names) AS fix,
       format('ALTER %s %s SET (%s);', made.what, made.object, replace(made.names, 'enabled', 'enabled = off')) AS undo
FROM counted AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT format('%I.%I', n.nspname, c.relname) AS object,
           CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END AS what,
           concat_ws(', ', CASE WHEN c.heap THEN 'autovacuum_enabled' END,
                     CASE WHEN c.toast THEN 'toast.autovacuum_enabled' END) AS names
) AS made
WHERE c.writes > 0
ORDER BY 1
