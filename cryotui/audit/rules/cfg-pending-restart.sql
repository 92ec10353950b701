-- title: Setting waits for a restart
-- severity: watch
-- group: config
-- kind: setting
-- about: A configuration file has another value than the server runs with, for a setting that is read only when the server starts.
--   Where the auditing role reads pg_file_settings, the files are compared as they are now; else a change counts once it was
--   reloaded (pending_restart). What the command line sets is left out: a restart with the same command line changes nothing.
-- why: The server does not run with what its files say. The change comes with the next restart, planned or not, perhaps long
--   after whoever made it has forgotten it; a value the machine cannot give then keeps the server from starting.
-- evidence: runs with {value}
-- detail: {written} No SQL restarts a server: plan the restart, or take the change back.
-- lock: a restart ends every session
-- references: https://www.postgresql.org/docs/current/view-pg-settings.html;
--   https://www.postgresql.org/docs/current/view-pg-file-settings.html
SELECT 'configuration files' AS object,
       -- reading the files marks in this session what waits: they are read first, so that no earlier question decides the answer
       CASE WHEN may.readable THEN $question$
       WITH line AS MATERIALIZED (
           SELECT DISTINCT ON (lower(f.name)) lower(f.name) AS name, f.setting, f.sourcefile, f.sourceline
           FROM pg_catalog.pg_file_settings AS f ORDER BY lower(f.name), f.seqno DESC
       ), waiting AS (
           SELECT s.name, s.setting, s.unit, s.name ~ '(conninfo|passphrase|password|secret|command)' AS secret
           FROM pg_catalog.pg_settings AS s
           WHERE (SELECT count(*) FROM line) >= 0 AND s.pending_restart
             AND s.source NOT IN ('command line', 'environment variable')
       )
       SELECT w.name AS object, w.name,
              CASE WHEN w.secret THEN 'another value' WHEN w.setting = '' THEN 'an empty value'
                   ELSE w.setting || coalesce(' x ' || w.unit, '') END AS value,
              CASE WHEN l.name IS NULL THEN 'Its line is gone from the files.'
                   ELSE format('%s, line %s, has %s.', l.sourcefile, l.sourceline,
                               CASE WHEN w.secret THEN 'another value' WHEN l.setting = '' THEN 'an empty value'
                                    ELSE left(l.setting, 60) END) END AS written
       FROM waiting AS w
       LEFT JOIN line AS l ON l.name = lower(w.name)
       ORDER BY 1
       $question$ ELSE $question$
       SELECT s.name AS object, s.name,
              CASE WHEN s.name ~ '(conninfo|passphrase|password|secret|command)' THEN 'another value'
                   WHEN s.setting = '' THEN 'an empty value' ELSE s.setting || coalesce(' x ' || s.unit, '') END AS value,
              'A file was changed and reloaded; which line it was, roles see that may read pg_file_settings.' AS written
       FROM pg_catalog.pg_settings AS s
       WHERE s.pending_restart AND s.source NOT IN ('command line', 'environment variable')
       ORDER BY 1
       $question$ END AS question
FROM (SELECT has_table_privilege('pg_catalog.pg_file_settings', 'SELECT')
             AND has_function_privilege('pg_catalog.pg_show_all_file_settings()', 'EXECUTE') AS readable) AS may
