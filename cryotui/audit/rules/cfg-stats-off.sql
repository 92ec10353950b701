-- title: Statistics are switched off
-- severity: bad
-- group: config
-- kind: setting
-- about: track_counts or track_activities is off for the whole server.
-- why: Without track_counts autovacuum does not know what to do and does nothing, and no unused index is ever found. Without
--   track_activities nobody sees what a session runs.
-- evidence: {name} = off
-- detail: {missing}{from_where}
-- shape: ALTER SYSTEM SET {setting} = on;\nSELECT pg_reload_conf();
-- lock: none; the server reads it at the reload
-- references: https://www.postgresql.org/docs/current/runtime-config-statistics.html#RUNTIME-CONFIG-CUMULATIVE-STATISTICS
WITH
-- with: origin
SELECT s.name AS object, s.name, o.from_where,
       CASE s.name WHEN 'track_counts' THEN 'Autovacuum stands still as well, whatever its own setting says.'
            ELSE 'Neither the statement nor the state of a session is known, so no trouble can be traced to it.' END AS missing,
       CASE WHEN o.settable IS NOT NULL THEN format(E'ALTER SYSTEM SET %I = on;\nSELECT pg_reload_conf();', s.name) END AS fix,
       o.back || E'\nSELECT pg_reload_conf();' AS undo,
       CASE WHEN s.source NOT IN ('default', 'configuration file', 'command line', 'environment variable')
            THEN 'a setting of this role, database or session hides the server-wide value' END AS unknown,
       'setting' AS unknown_kind
FROM pg_catalog.pg_settings AS s
JOIN origin AS o ON o.name = s.name
WHERE s.name IN ('track_counts', 'track_activities')
  AND (s.setting = 'off' OR s.source NOT IN ('default', 'configuration file', 'command line', 'environment variable'))
ORDER BY 1
