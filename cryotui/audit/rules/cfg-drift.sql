-- title: Settings differ from files
-- severity: watch
-- group: config
-- kind: setting
-- about: What the server runs with is not what its configuration files say: a line was changed, added or removed and not
--   reloaded, or the command line overrules it (watch); or ALTER SYSTEM overrules another value in postgresql.conf (info). The
--   files are the accepted state. What only waits for a restart, and what a role, database or session has set, is not compared.
-- why: The next reload or restart changes how the server behaves, and nobody expects it; who edits the file that is overruled
--   waits in vain.
-- detail: {says} The files are the state to keep: reload, or correct them.
-- shape: SELECT pg_reload_conf();
-- lock: none; a reload applies everything that waits, so look at all of it first
-- references: https://www.postgresql.org/docs/current/view-pg-file-settings.html;
--   https://www.postgresql.org/docs/current/config-setting.html
SELECT 'configuration files' AS object,
       CASE WHEN NOT may.readable THEN quote_ident(current_user) || ' may not read pg_file_settings' END AS unknown,
       'privilege' AS unknown_kind,
       CASE WHEN NOT may.readable
            THEN format('GRANT SELECT ON pg_catalog.pg_file_settings TO %1$I; '
                        'GRANT EXECUTE ON FUNCTION pg_catalog.pg_show_all_file_settings() TO %1$I;', current_user) END AS remedy,
       $question$
       WITH line AS MATERIALIZED (
           SELECT lower(f.name) AS name, coalesce(f.setting, '') AS setting, f.sourceline, f.error,
                  regexp_replace(f.sourcefile, '^.*/', '') AS file,
                  row_number() OVER (PARTITION BY lower(f.name) ORDER BY f.seqno DESC) AS from_last
           FROM pg_catalog.pg_file_settings AS f
           WHERE f.name IS NOT NULL
       ), running AS (
           SELECT s.*, CASE s.unit WHEN 'B' THEN 1 WHEN 'kB' THEN 1024 WHEN '8kB' THEN 8192 WHEN '16kB' THEN 16384
                                   WHEN '32kB' THEN 32768 WHEN 'MB' THEN 1048576 WHEN '16MB' THEN 16777216
                                   WHEN 'ms' THEN 1000 WHEN 's' THEN 1000000 WHEN 'min' THEN 60000000 END::numeric AS base
           FROM pg_catalog.pg_settings AS s
           -- reading the files marks what waits for a restart: they are read first
           WHERE (SELECT count(*) FROM line) >= 0
       ), pair AS (
           -- the last line counts; the one before it in another file is what it overrules
           SELECT r.name, r.setting, r.source, r.vartype, r.base, r.unit, l.setting AS written, l.file, l.sourceline, l.error,
                  below.setting AS below, below.file AS below_file, r.pending_restart
           FROM running AS r
           LEFT JOIN line AS l ON l.name = lower(r.name) AND l.from_last = 1
           LEFT JOIN LATERAL (SELECT b.* FROM line AS b
                              WHERE b.name = l.name AND l.file = 'postgresql.auto.conf' AND b.file <> l.file
                              ORDER BY b.from_last LIMIT 1) AS below ON true
           WHERE r.source IN ('default', 'configuration file', 'command line', 'environment variable')
             AND (l.name IS NOT NULL OR r.source = 'configuration file')
       ), plain AS (
           -- numbers in the setting's own unit, booleans as on and off, everything else in small letters
           SELECT p.*, (SELECT CASE
                                   WHEN p.vartype = 'bool' AND lower(v.text) IN ('on', 'true', 'yes', '1', 't', 'y') THEN 'on'
                                   WHEN p.vartype = 'bool' AND lower(v.text) IN ('off', 'false', 'no', '0', 'f', 'n') THEN 'off'
                                   WHEN p.vartype IN ('integer', 'real') AND v.part[2] = '' THEN trim_scale(v.part[1]::numeric)::text
                                   WHEN p.vartype IN ('integer', 'real') AND v.part IS NOT NULL AND p.base IS NOT NULL
                                   THEN trim_scale(round(v.part[1]::numeric / p.base
                                        * CASE v.part[2] WHEN 'B' THEN 1 WHEN 'kB' THEN 1024 WHEN 'MB' THEN 1048576
                                                         WHEN 'GB' THEN 1073741824 WHEN 'TB' THEN 1099511627776
                                                         WHEN 'us' THEN 1 WHEN 'ms' THEN 1000 WHEN 's' THEN 1000000
                                                         WHEN 'min' THEN 60000000 WHEN 'h' THEN 3600000000
                                                         WHEN 'd' THEN 86400000000 END,
                                        CASE p.vartype WHEN 'integer' THEN 0 ELSE 6 END))::text
                                   ELSE lower(v.text) END
                        FROM (SELECT btrim(p.written) AS text,
                                     regexp_match(btrim(p.written), '^([+-]?[0-9]+\.?[0-9]*)\s*(B|kB|MB|GB|TB|us|ms|s|min|h|d|)$')
                                         AS part) AS v) AS meant,
                  CASE WHEN p.vartype IN ('integer', 'real') AND p.setting ~ '^[+-]?[0-9]+\.?[0-9]*$'
                       THEN trim_scale(p.setting::numeric)::text ELSE lower(btrim(p.setting)) END AS runs
           FROM pair AS p
       ), verdict AS (
           SELECT p.*,
                  CASE WHEN p.source NOT IN ('command line', 'environment variable')
                            AND (p.pending_restart OR p.error IS NOT NULL) THEN NULL
                       WHEN p.written IS NULL THEN 'removed'
                       WHEN p.meant <> p.runs AND lower(btrim(p.written)) <> lower(btrim(p.setting))
                       THEN CASE WHEN p.source IN ('command line', 'environment variable') THEN 'overruled' ELSE 'changed' END
                       WHEN lower(btrim(p.below)) <> lower(btrim(p.written)) THEN 'altered' END AS drift,
                  -- what may hold a secret is not shown
                  p.name ~ '(conninfo|passphrase|password|secret|command)' AS secret
           FROM plain AS p
       )
       SELECT v.name AS object, v.source, v.file,
              CASE WHEN v.drift = 'altered' THEN 'info' END AS severity,
              CASE v.drift WHEN 'removed' THEN 'its line is gone'
                   WHEN 'altered' THEN 'ALTER SYSTEM overrules a file'
                   WHEN 'overruled' THEN 'the command line overrules it'
                   ELSE CASE WHEN v.secret THEN 'file and server differ'
                             ELSE format('file %s, runs %s', left(v.written, 12), left(v.setting, 12)) END END AS evidence,
              CASE v.drift
                   WHEN 'removed' THEN 'The server still runs with the value of a line that is gone.'
                   WHEN 'altered' THEN format('%s is set in %s too, to another value%s, and postgresql.auto.conf wins.', v.name,
                                              v.below_file, CASE WHEN v.secret THEN '' ELSE format(' (%s, not %s)', left(v.below, 40),
                                                                                                   left(v.written, 40)) END)
                   WHEN 'overruled' THEN format('%s line %s says %s; the server was started with another value.', v.file,
                                                v.sourceline, CASE WHEN v.secret THEN 'otherwise' ELSE left(v.written, 40) END)
                   ELSE format('%s line %s is not what the server runs with: it was not reloaded since.', v.file, v.sourceline)
              END AS says,
              CASE WHEN v.drift IN ('removed', 'changed') THEN 'SELECT pg_reload_conf();' END AS fix
       FROM verdict AS v
       WHERE v.drift IS NOT NULL
       ORDER BY 1
       $question$ AS question
FROM (SELECT has_table_privilege('pg_catalog.pg_file_settings', 'SELECT')
             AND has_function_privilege('pg_catalog.pg_show_all_file_settings()', 'EXECUTE') AS readable) AS may
