-- title: Planner method switched off
-- severity: bad
-- group: config
-- kind: setting
-- about: An enable_ setting of the planner that is on by default is off for the whole server (bad), for a database (watch) or
--   for a role (info). What a session sets for itself is its own matter.
-- why: The switches are for experiments. Off, they forbid a way to run a query even where it is the only good one, and hide the
--   cause: wrong statistics, wrong costs, a missing index.
-- evidence: {name} = off
-- detail: {where} Before it goes back on, know which query it was meant for: its plan changes.
-- shape: ALTER SYSTEM SET {setting} = on;\nSELECT pg_reload_conf();\n-- or\nALTER {role_or_database} RESET {setting};
-- lock: none; read at the reload, or by new sessions
-- references: https://www.postgresql.org/docs/current/runtime-config-query.html#RUNTIME-CONFIG-QUERY-ENABLE
WITH
-- with: origin,
switch AS MATERIALIZED (
    SELECT s.name, s.setting, s.source,
           s.source IN ('default', 'configuration file', 'command line', 'environment variable') AS server_wide
    FROM pg_catalog.pg_settings AS s
    WHERE s.name LIKE 'enable\_%' AND s.vartype = 'bool' AND s.boot_val = 'on'
), local AS (
    SELECT w.name, s.setrole, s.setdatabase,
           CASE WHEN s.setrole = 0 AND s.setdatabase = 0 THEN 'ROLE ALL'
                WHEN s.setrole = 0 THEN format('DATABASE %I', d.datname)
                WHEN s.setdatabase = 0 THEN format('ROLE %I', r.rolname)
                ELSE format('ROLE %I IN DATABASE %I', r.rolname, d.datname) END AS scope
    FROM pg_catalog.pg_db_role_setting AS s
    CROSS JOIN unnest(s.setconfig) AS entry
    JOIN switch AS w ON w.name = split_part(entry, '=', 1)
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
    LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase
    WHERE lower(split_part(entry, '=', 2)) IN ('off', 'false', 'no', '0', 'f', 'n')
)
SELECT w.name AS object, w.name, 'bad' AS severity,
       'It holds for the whole server.' || o.from_where AS where,
       CASE WHEN o.settable IS NOT NULL THEN format(E'ALTER SYSTEM SET %I = on;\nSELECT pg_reload_conf();', w.name) END AS fix,
       o.back || E'\nSELECT pg_reload_conf();' AS undo,
       CASE WHEN NOT w.server_wide THEN 'a setting of this role, database or session hides the server-wide value' END AS unknown,
       'setting' AS unknown_kind
FROM switch AS w
JOIN origin AS o ON o.name = w.name
WHERE (w.setting = 'off' AND w.server_wide)
   OR (NOT w.server_wide AND w.source <> 'session')
UNION ALL
SELECT format('%s of %s', l.name, l.scope), l.name, CASE WHEN l.setrole = 0 THEN 'watch' ELSE 'info' END,
       format('It is set for %s.', l.scope),
       format('ALTER %s RESET %I;', l.scope, l.name),
       format('ALTER %s SET %I = off;', l.scope, l.name), NULL, NULL
FROM local AS l
ORDER BY 1
