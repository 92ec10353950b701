-- title: work_mem at 4 MB
-- severity: info
-- group: config
-- kind: setting
-- about: work_mem is 4MB or less for the whole server: what a new installation has.
-- why: Sorts and hashes beyond it go to files on disk, which takes many times as long.
-- evidence: work_mem = {value}
-- detail: {unseen} Each sort or hash of each session may take that much, so count sessions times sorts first; 16 to 64 MB fits most servers, more for a single role of reports: ALTER ROLE name SET work_mem.
-- lock: none; read at the reload
-- references: https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-WORK-MEM; pg-extras work_mem
SELECT s.name AS object, current_setting(s.name) AS value,
       CASE WHEN s.source IN ('default', 'configuration file', 'command line', 'environment variable') THEN 'It counts for all sessions.'
            ELSE 'It is set for this role, database or session.' END AS unseen,
       'ALTER SYSTEM SET work_mem = ''16MB'';' || E'\nSELECT pg_reload_conf();' AS fix,
       format(E'ALTER SYSTEM SET work_mem = %L;\nSELECT pg_reload_conf();', current_setting(s.name)) AS undo
FROM pg_catalog.pg_settings AS s
WHERE s.name = 'work_mem' AND s.setting::bigint <= 4096
