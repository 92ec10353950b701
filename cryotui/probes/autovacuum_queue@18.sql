WITH g AS MATERIALIZED (
  SELECT current_setting('autovacuum')::boolean AS enabled,
         current_setting('autovacuum_vacuum_threshold')::float8 AS threshold,
         current_setting('autovacuum_vacuum_scale_factor')::float8 AS scale,
         current_setting('autovacuum_vacuum_max_threshold')::float8 AS max_threshold,
         current_setting('autovacuum_vacuum_insert_threshold')::float8 AS insert_threshold,
         current_setting('autovacuum_vacuum_insert_scale_factor')::float8 AS insert_scale,
         current_setting('autovacuum_freeze_max_age')::float8 AS freeze_age,
         current_setting('autovacuum_multixact_freeze_max_age')::float8 AS multixact_age,
         current_setting('autovacuum_max_workers')::int AS workers_max,
         (SELECT CASE WHEN pg_has_role('pg_read_all_stats', 'USAGE')
                      THEN count(*) FILTER (WHERE backend_type = 'autovacuum worker') END
          FROM pg_stat_activity) AS workers_busy
), held AS MATERIALIZED (
  SELECT pid, date_part('epoch', clock_timestamp() - xact_start) AS age FROM pg_stat_activity
  WHERE datname = current_database() AND backend_xmin IS NOT NULL AND xact_start < clock_timestamp() - interval '1 min'
  ORDER BY age(backend_xmin) DESC LIMIT 1
), measured AS (
  SELECT c.oid, c.relnamespace, c.relname, m.relname AS toast_of, g.enabled AND coalesce(o.enabled, true) AS autovacuum_enabled,
         pg_stat_get_dead_tuples(c.oid) AS dead_rows, pg_stat_get_ins_since_vacuum(c.oid) AS inserted_rows,
         CASE WHEN c.relfrozenxid <> '0' THEN age(c.relfrozenxid) END AS xid_age,
         least(coalesce(o.threshold, g.threshold) + coalesce(o.scale, g.scale) * greatest(c.reltuples, 0),
               nullif(coalesce(nullif(o.max_threshold, -1), g.max_threshold), -1)) AS dead_threshold,
         CASE WHEN coalesce(o.insert_threshold, g.insert_threshold) >= 0 THEN
           coalesce(o.insert_threshold, g.insert_threshold)
             + coalesce(o.insert_scale, g.insert_scale) * greatest(c.reltuples, 0)
               * CASE WHEN c.relpages > 0 AND c.relallfrozen > 0
                      THEN 1 - least(c.relallfrozen, c.relpages) / c.relpages::float8 ELSE 1 END
         END AS insert_threshold,
         greatest(CASE WHEN c.relfrozenxid <> '0' THEN age(c.relfrozenxid) / least(o.freeze_age, g.freeze_age) END,
                  CASE WHEN c.relminmxid <> '0' THEN mxid_age(c.relminmxid) / least(o.multixact_age, g.multixact_age) END)
           AS freeze_fullness
  FROM g, pg_class AS c
  LEFT JOIN pg_class AS m ON m.reltoastrelid = c.oid AND c.relkind = 't'
  CROSS JOIN LATERAL (
    SELECT bool_and(option_value::boolean) FILTER (WHERE option_name = 'autovacuum_enabled') AS enabled,
           max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_threshold')::float8 AS threshold,
           max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_scale_factor')::float8 AS scale,
           max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_max_threshold')::float8 AS max_threshold,
           max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_insert_threshold')::float8 AS insert_threshold,
           max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_insert_scale_factor')::float8 AS insert_scale,
           max(option_value) FILTER (WHERE option_name = 'autovacuum_freeze_max_age')::float8 AS freeze_age,
           max(option_value) FILTER (WHERE option_name = 'autovacuum_multixact_freeze_max_age')::float8 AS multixact_age
    FROM pg_options_to_table(coalesce(c.reloptions, m.reloptions)) WHERE option_name LIKE 'autovacuum%'
  ) AS o
  WHERE c.relkind IN ('r', 'm', 't') AND c.relpersistence <> 't'
), filled AS (
  SELECT *, dead_rows / nullif(dead_threshold, 0) AS dead_fullness,
         inserted_rows / nullif(insert_threshold, 0) AS insert_fullness
  FROM measured
), judged AS (
  SELECT *, CASE WHEN freeze_fullness >= 1 OR freeze_fullness >= greatest(dead_fullness, insert_fullness, 0) THEN 'freeze'
                 WHEN dead_fullness >= coalesce(insert_fullness, 0) THEN 'dead rows' ELSE 'inserted rows' END AS reason
  FROM filled
  WHERE greatest(dead_fullness, insert_fullness, freeze_fullness) >= 0.8
)
SELECT j.oid, n.nspname::text AS schema, j.relname::text AS "table", j.toast_of::text AS toast_of, j.reason,
       CASE j.reason WHEN 'freeze' THEN freeze_fullness WHEN 'dead rows' THEN dead_fullness
                     ELSE insert_fullness END AS fullness,
       j.dead_rows, j.inserted_rows, j.xid_age,
       CASE j.reason WHEN 'dead rows' THEN j.dead_threshold WHEN 'inserted rows' THEN j.insert_threshold END AS threshold,
       j.autovacuum_enabled, g.workers_busy, g.workers_max, held.pid AS held_by, held.age AS held_age
FROM judged AS j
CROSS JOIN g
LEFT JOIN pg_namespace AS n ON n.oid = j.relnamespace
LEFT JOIN held ON true
ORDER BY j.reason = 'freeze' AND j.freeze_fullness >= 1 DESC, fullness DESC, j.oid
LIMIT 100;
