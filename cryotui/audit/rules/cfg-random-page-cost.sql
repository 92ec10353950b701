-- title: Costs of spinning disks
-- severity: info
-- group: config
-- kind: setting
-- about: random_page_cost is 4 or more for the whole server: what a new installation has.
-- why: On SSD and network storage a page read at random costs little more than the next one. At 4 the planner keeps away from indexes that would be faster.
-- evidence: random_page_cost = {value}
-- detail: {unseen} On SSD 1.1 is usual; on spinning disks 4 is right, waive it there. Plans change: watch the slowest statements after it.
-- lock: none; read at the reload
-- references: https://www.postgresql.org/docs/current/runtime-config-query.html#GUC-RANDOM-PAGE-COST; pg-extras random_page_cost
SELECT s.name AS object, current_setting(s.name) AS value,
       CASE WHEN s.source IN ('default', 'configuration file', 'command line', 'environment variable') THEN 'It counts for all sessions.'
            ELSE 'It is set for this role, database or session.' END AS unseen,
       'ALTER SYSTEM SET random_page_cost = ''1.1'';' || E'\nSELECT pg_reload_conf();' AS fix,
       format(E'ALTER SYSTEM SET random_page_cost = %L;\nSELECT pg_reload_conf();', current_setting(s.name)) AS undo
FROM pg_catalog.pg_settings AS s
WHERE s.name = 'random_page_cost' AND s.setting::float8 >= 4
