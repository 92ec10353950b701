-- title: Costs of spinning disks
-- severity: info
-- group: config
-- kind: setting
-- about: random_page_cost is 4 or more for the whole server: what a new installation has. Could not be checked where a
--   setting of the auditing role, its database or its session hides the server's value.
-- why: On SSD and network storage a page read at random costs little more than the next one. At 4 the planner keeps away from indexes that would be faster.
-- evidence: random_page_cost = {value}
-- detail: It holds for all sessions that set nothing else. On SSD 1.1 is usual; on spinning disks 4 is right, waive it there.
--   Plans change: watch the slowest statements after it.{from_where}
-- shape: ALTER SYSTEM SET random_page_cost = '1.1';\nSELECT pg_reload_conf();
-- lock: none; read at the reload
-- references: https://www.postgresql.org/docs/current/runtime-config-query.html#GUC-RANDOM-PAGE-COST; pg-extras random_page_cost
WITH
-- with: origin
SELECT s.name AS object, current_setting(s.name) AS value, o.from_where,
       CASE WHEN NOT o.server_wide THEN 'the value of the whole server cannot be seen from here.' || o.from_where END AS unknown,
       'setting' AS unknown_kind,
       CASE WHEN o.settable IS NOT NULL THEN 'ALTER SYSTEM SET random_page_cost = ''1.1'';' || E'\nSELECT pg_reload_conf();' END AS fix,
       o.back || E'\nSELECT pg_reload_conf();' AS undo
FROM pg_catalog.pg_settings AS s
JOIN origin AS o ON o.name = s.name
WHERE s.name = 'random_page_cost' AND (s.setting::float8 >= 4 OR NOT o.server_wide)
