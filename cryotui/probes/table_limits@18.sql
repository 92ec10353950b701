-- The formulas are those of relation_needs_vacanalyze() in PostgreSQL's autovacuum.c: 18 caps the
-- dead rows and counts inserts against the part of the pages that is not frozen.
WITH general AS MATERIALIZED (
  SELECT current_setting('autovacuum')::boolean AND current_setting('track_counts')::boolean AS enabled,
         current_setting('autovacuum_vacuum_threshold')::float8 AS vacuum_base,
         current_setting('autovacuum_vacuum_scale_factor')::float8 AS vacuum_scale,
         current_setting('autovacuum_vacuum_max_threshold')::float8 AS vacuum_max,
         current_setting('autovacuum_vacuum_insert_threshold')::float8 AS insert_base,
         current_setting('autovacuum_vacuum_insert_scale_factor')::float8 AS insert_scale,
         current_setting('autovacuum_analyze_threshold')::float8 AS analyze_base,
         current_setting('autovacuum_analyze_scale_factor')::float8 AS analyze_scale,
         current_setting('autovacuum_freeze_max_age')::bigint AS freeze_max_age
), own AS MATERIALIZED (
  -- Sets of options repeat: each is read once.
  SELECT c.reloptions, bool_and(o.option_value::boolean) FILTER (WHERE o.option_name = 'autovacuum_enabled') AS enabled,
         max(o.option_value::float8) FILTER (WHERE o.option_name = 'autovacuum_vacuum_threshold') AS vacuum_base,
         max(o.option_value::float8) FILTER (WHERE o.option_name = 'autovacuum_vacuum_scale_factor') AS vacuum_scale,
         max(o.option_value::float8) FILTER (WHERE o.option_name = 'autovacuum_vacuum_max_threshold') AS vacuum_max,
         max(o.option_value::float8) FILTER (WHERE o.option_name = 'autovacuum_vacuum_insert_threshold') AS insert_base,
         max(o.option_value::float8) FILTER (WHERE o.option_name = 'autovacuum_vacuum_insert_scale_factor') AS insert_scale,
         max(o.option_value::float8) FILTER (WHERE o.option_name = 'autovacuum_analyze_threshold') AS analyze_base,
         max(o.option_value::float8) FILTER (WHERE o.option_name = 'autovacuum_analyze_scale_factor') AS analyze_scale,
         max(o.option_value::bigint) FILTER (WHERE o.option_name = 'autovacuum_freeze_max_age') AS freeze_max_age
  FROM (SELECT DISTINCT reloptions FROM pg_class WHERE relkind IN ('r', 'm') AND reloptions IS NOT NULL) AS c
  CROSS JOIN pg_options_to_table(c.reloptions) AS o
  WHERE o.option_name LIKE 'autovacuum%'
  GROUP BY c.reloptions
)
SELECT c.oid, c.worked_on AND g.enabled AND coalesce(o.enabled, true) AS autovacuum_enabled,
       CASE WHEN c.worked_on THEN least(
         coalesce(o.vacuum_base, g.vacuum_base) + coalesce(o.vacuum_scale, g.vacuum_scale) * c.known_rows,
         nullif(coalesce(o.vacuum_max, g.vacuum_max), -1)) END AS vacuum_threshold,
       CASE WHEN c.worked_on AND coalesce(o.insert_base, g.insert_base) >= 0 THEN
         coalesce(o.insert_base, g.insert_base)
           + coalesce(o.insert_scale, g.insert_scale) * c.known_rows * c.unfrozen END AS insert_threshold,
       CASE WHEN c.worked_on THEN coalesce(o.analyze_base, g.analyze_base)
           + coalesce(o.analyze_scale, g.analyze_scale) * c.known_rows END AS analyze_threshold,
       greatest(c.xid_age, CASE WHEN t.relfrozenxid <> '0'::xid THEN age(t.relfrozenxid) END) AS xid_age,
       least(o.freeze_max_age, g.freeze_max_age) AS freeze_max_age
FROM general g
CROSS JOIN (
  SELECT oid, relnamespace, reltoastrelid, reloptions, greatest(reltuples, 0) AS known_rows,
         CASE WHEN relpages > 0 AND relallfrozen > 0
              THEN 1 - least(relallfrozen, relpages)::float8 / relpages ELSE 1 END AS unfrozen,
         relkind <> 'p' AND relpersistence <> 't' AS worked_on,
         CASE WHEN relfrozenxid <> '0'::xid THEN age(relfrozenxid) END AS xid_age
  FROM pg_class WHERE relkind IN ('r', 'm', 'p')) AS c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
LEFT JOIN own o ON o.reloptions = c.reloptions
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
