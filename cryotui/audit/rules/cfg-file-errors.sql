-- title: Error in a config file
-- severity: bad
-- group: config
-- kind: file
-- about: A line of the configuration files (pg_file_settings), of pg_hba.conf or of pg_ident.conf has an error, or is of a file that
--   cannot be read. What only waits for a restart is not meant.
-- why: A reload leaves out the file or the setting and says so in the log alone, so a change seems done and is not; the next start
--   fails, at the worst time.
-- evidence: {error}
-- detail: {file}, line {line}: {error}. No SQL: edit the line, reload, ask again.
-- lock: none; read at the reload
-- references: https://www.postgresql.org/docs/current/view-pg-file-settings.html;
--   https://www.postgresql.org/docs/current/view-pg-hba-file-rules.html
WITH asked (object, relation, function, question) AS (
    VALUES
    ('configuration files', 'pg_file_settings', 'pg_show_all_file_settings()', $question$
        SELECT CASE WHEN f.name IS NULL OR count(*) OVER (PARTITION BY f.name) > 1
                    THEN concat_ws(' ', f.name, regexp_replace(f.sourcefile, '^.*/', ''), 'line', f.sourceline)
                    ELSE f.name END AS object,
               coalesce(f.error, 'not applied') AS error, coalesce(f.sourcefile, 'the configuration') AS file,
               coalesce(f.sourceline::text, '-') AS line
        FROM pg_catalog.pg_file_settings AS f
        -- reading the files marks what waits for a restart: they are read first
        LEFT JOIN (SELECT s.name, s.pending_restart FROM pg_catalog.pg_settings AS s
                   WHERE (SELECT count(*) FROM pg_catalog.pg_file_settings) >= 0) AS s ON lower(s.name) = lower(f.name)
        WHERE f.error IS NOT NULL AND s.pending_restart IS NOT TRUE
        ORDER BY f.seqno$question$),
    ('pg_hba.conf', 'pg_hba_file_rules', 'pg_hba_file_rules()', $question$
        SELECT format('pg_hba.conf line %s', h.line_number) AS object, h.error,
               coalesce(to_jsonb(h) ->> 'file_name', 'pg_hba.conf') AS file, h.line_number::text AS line
        FROM pg_catalog.pg_hba_file_rules AS h WHERE h.error IS NOT NULL ORDER BY h.line_number$question$),
    ('pg_ident.conf', 'pg_ident_file_mappings', 'pg_ident_file_mappings()', $question$
        SELECT format('pg_ident.conf line %s', i.line_number) AS object, i.error,
               coalesce(to_jsonb(i) ->> 'file_name', 'pg_ident.conf') AS file, i.line_number::text AS line
        FROM pg_catalog.pg_ident_file_mappings AS i WHERE i.error IS NOT NULL ORDER BY i.line_number$question$)
), may AS (
    SELECT a.*, has_table_privilege(to_regclass('pg_catalog.' || a.relation), 'SELECT')
                AND has_function_privilege(to_regprocedure('pg_catalog.' || a.function), 'EXECUTE') AS readable
    FROM asked AS a
    WHERE to_regclass('pg_catalog.' || a.relation) IS NOT NULL
)
SELECT m.object, m.question,
       CASE WHEN NOT m.readable THEN format('%I may not read %s', current_user, m.relation) END AS unknown,
       'privilege' AS unknown_kind,
       CASE WHEN NOT m.readable
            THEN format('GRANT SELECT ON pg_catalog.%1$s TO %3$I; GRANT EXECUTE ON FUNCTION pg_catalog.%2$s TO %3$I;',
                        m.relation, m.function, current_user) END AS remedy
FROM may AS m
ORDER BY 1
