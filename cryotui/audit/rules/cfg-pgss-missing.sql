-- title: Query statistics missing
-- severity: watch
-- group: config
-- kind: extension
-- about: pg_stat_statements is not loaded at the server's start, is not created in this database, or counts nothing
--   (pg_stat_statements.track = none). A role that may not read it could not check. Information only in a
--   database without a table.
-- why: Without it nobody knows which statements take the time, and rules about queries cannot look.
-- detail: {advice}{from_where}
-- shape: ALTER SYSTEM SET shared_preload_libraries = {libraries};\n-- or\nCREATE EXTENSION pg_stat_statements;\n--
--   or\nALTER SYSTEM SET pg_stat_statements.track = 'top';\nSELECT pg_reload_conf();
-- lock: none; what is loaded at the start needs a restart
-- references: https://www.postgresql.org/docs/current/pgstatstatements.html
WITH
-- with: origin,
stake AS (
    -- a database without a table of its own has nothing to lose yet, whatever else the server holds
    SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS t
                   WHERE t.oid >= 16384 AND t.relkind IN ('r', 'p', 'm') AND t.relpersistence <> 't') AS data
), state AS (
    -- its settings exist only where the library was loaded at the start
    SELECT EXISTS (SELECT FROM pg_catalog.pg_settings AS s WHERE s.name = 'pg_stat_statements.max') AS loaded,
           (SELECT s.setting FROM pg_catalog.pg_settings AS s WHERE s.name = 'pg_stat_statements.track') AS track,
           (SELECT s.setting FROM pg_catalog.pg_settings AS s WHERE s.name = 'shared_preload_libraries') AS libraries,
           EXISTS (SELECT FROM pg_catalog.pg_available_extensions AS a WHERE a.name = 'pg_stat_statements') AS available,
           e.oid AS extension, n.nspname AS schema,
           has_schema_privilege(e.extnamespace, 'USAGE')
               AND has_table_privilege(to_regclass(format('%I.pg_stat_statements', n.nspname)), 'SELECT') AS readable
    FROM (VALUES (1)) AS one
    LEFT JOIN pg_catalog.pg_extension AS e ON e.extname = 'pg_stat_statements'
    LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
), judged AS (
    SELECT s.*,
           CASE WHEN NOT s.loaded THEN 'load' WHEN s.extension IS NULL THEN 'create' WHEN NOT s.readable THEN 'read'
                WHEN s.track = 'none' THEN 'track' END AS lacks,
           -- each library is a literal of its own, whatever quotes it had
           (SELECT string_agg(quote_literal(btrim(part, ' "')), ', ' ORDER BY place)
            FROM unnest(string_to_array(s.libraries, ',')) WITH ORDINALITY AS entry (part, place)
            WHERE btrim(part, ' "') <> '') AS loads_now
    FROM state AS s
)
SELECT 'pg_stat_statements' AS object, coalesce(o.from_where, '') AS from_where,
       CASE j.lacks WHEN 'load' THEN 'not loaded' WHEN 'create' THEN 'not created here' ELSE 'loaded, counts nothing' END
           AS evidence,
       CASE WHEN NOT (SELECT data FROM stake) THEN 'info' END AS severity,
       CASE WHEN NOT j.available THEN 'The server does not have its files: install the contrib package first, then ask again.'
            WHEN j.lacks = 'load' AND j.libraries IS NULL
            THEN 'Add it to shared_preload_libraries, which this role does not see, restart, then CREATE EXTENSION.'
            WHEN j.lacks = 'load' AND o.settable IS NULL
            THEN 'Add it to shared_preload_libraries, restart, then CREATE EXTENSION pg_stat_statements.'
            WHEN j.lacks = 'load' THEN 'It takes effect at the next restart; then CREATE EXTENSION pg_stat_statements.'
            WHEN j.lacks = 'create' THEN 'The server counts already; this database only lacks the view on it.'
            ELSE 'It costs its memory and gives nothing.' END AS advice,
       CASE WHEN NOT j.available THEN NULL
            WHEN j.lacks = 'load' AND j.libraries IS NOT NULL AND o.settable IS NOT NULL
            THEN format('ALTER SYSTEM SET shared_preload_libraries = %s;', concat_ws(', ', j.loads_now, '''pg_stat_statements'''))
            WHEN j.lacks = 'create' THEN 'CREATE EXTENSION pg_stat_statements;'
            WHEN j.lacks = 'track' AND o.settable IS NOT NULL
            THEN E'ALTER SYSTEM SET pg_stat_statements.track = ''top'';\nSELECT pg_reload_conf();' END AS fix,
       CASE WHEN NOT j.available THEN NULL
            WHEN j.lacks = 'load' AND j.libraries IS NOT NULL
            -- a list is several literals
            THEN CASE WHEN o.back ~ ' RESET ' THEN o.back
                      ELSE format('ALTER SYSTEM SET shared_preload_libraries = %s;', coalesce(j.loads_now, '''''')) END
            WHEN j.lacks = 'create' THEN 'DROP EXTENSION pg_stat_statements;'
            WHEN j.lacks = 'track'
            THEN o.back || E'\nSELECT pg_reload_conf();' END AS undo,
       CASE WHEN j.lacks = 'read' THEN format('%I may not read %I.pg_stat_statements', current_user, j.schema) END AS unknown,
       CASE WHEN j.lacks = 'read'
            THEN format('GRANT USAGE ON SCHEMA %1$I TO %2$I; GRANT SELECT ON %1$I.pg_stat_statements TO %2$I;',
                        j.schema, current_user) END AS remedy
FROM judged AS j
LEFT JOIN origin AS o
       ON o.name = CASE j.lacks WHEN 'load' THEN 'shared_preload_libraries' WHEN 'track' THEN 'pg_stat_statements.track' END
WHERE j.lacks IS NOT NULL
