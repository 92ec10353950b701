-- title: Setting waits for a restart
-- severity: watch
-- group: config
-- kind: setting
-- about: A setting was changed and reloaded, and takes effect only when the server starts again (pending_restart).
-- why: The server does not run with what its files say. The change comes with the next restart, planned or not, perhaps long
--   after whoever made it has forgotten it; a value the machine cannot give then keeps the server from starting.
-- evidence: runs with {value}
-- detail: {written} No SQL restarts a server: plan the restart, or take the change back.
-- lock: a restart ends every session
-- references: https://www.postgresql.org/docs/current/view-pg-settings.html
SELECT s.name AS object, s.name,
       CASE WHEN s.name ~ '(conninfo|passphrase|password)' THEN 'another value'
            WHEN s.setting = '' THEN 'an empty value' ELSE s.setting || coalesce(' x ' || s.unit, '') END AS value,
       CASE WHEN s.sourcefile IS NOT NULL
            THEN format('It stands in %s, line %s.', s.sourcefile, s.sourceline)
            ELSE 'Which file has it, pg_read_all_settings sees.' END AS written
FROM pg_catalog.pg_settings AS s
WHERE s.pending_restart
ORDER BY 1
