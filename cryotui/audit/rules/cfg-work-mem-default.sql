-- title: work_mem at 4 MB
-- severity: info
-- group: config
-- kind: setting
-- about: work_mem is 4MB or less for the whole server: what a new installation has. Could not be checked where a setting
--   of the auditing role, its database or its session hides the server's value.
-- why: Sorts and hashes beyond it go to files on disk, which takes many times as long.
-- evidence: work_mem = {value}
-- detail: It holds for all sessions that set nothing else. Each sort or hash of each session may take that much, so count
--   sessions times sorts first; 16 to 64 MB fits most servers, more for a single role of reports: ALTER ROLE name SET
--   work_mem.{from_where}
-- shape: ALTER SYSTEM SET work_mem = '16MB';\nSELECT pg_reload_conf();
-- lock: none; read at the reload
-- references: https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-WORK-MEM; pg-extras work_mem
WITH
-- with: origin
SELECT s.name AS object, current_setting(s.name) AS value, o.from_where,
       CASE WHEN NOT o.server_wide THEN 'the value of the whole server cannot be seen from here.' || o.from_where END AS unknown,
       'setting' AS unknown_kind,
       CASE WHEN o.settable IS NOT NULL THEN 'ALTER SYSTEM SET work_mem = ''16MB'';' || E'\nSELECT pg_reload_conf();' END AS fix,
       o.back || E'\nSELECT pg_reload_conf();' AS undo
FROM pg_catalog.pg_settings AS s
JOIN origin AS o ON o.name = s.name
WHERE s.name = 'work_mem' AND (s.setting::bigint <= 4096 OR NOT o.server_wide)
