-- title: API serves inner schema
-- severity: bad
-- group: security
-- kind: schema
-- about: The list of schemas that the API serves holds one that is not made for clients: auth, vault, pgsodium, cron, net,
--   realtime, supabase_functions, pgmq, pg_catalog or information_schema; extensions is watch. storage counts only where this
--   is not Supabase, which serves it itself. The list is taken from --api-schemas, else from pgrst.db_schemas of the role
--   authenticator or of the database.
-- why: Every table, view and function of a served schema is an address on the web. What keeps clients out is then one GRANT.
-- detail: {where}
-- shape: ALTER ROLE authenticator SET pgrst.db_schemas = {schemas};\nNOTIFY pgrst, 'reload config';
-- lock: none; the API reads its settings again
-- needs: api
-- parameters: api_schemas
-- references: https://docs.postgrest.org/en/stable/references/configuration.html#db-schemas;
--   https://supabase.com/docs/guides/api/using-custom-schemas
WITH stored AS (
    SELECT s.setrole, s.setdatabase, regexp_split_to_array(btrim(substr(e.entry, 18)), '\s*,\s*') AS schemas
    FROM pg_catalog.pg_db_role_setting AS s
    CROSS JOIN unnest(s.setconfig) AS e (entry)
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
    WHERE e.entry LIKE 'pgrst.db_schemas=_%' AND (r.rolname = 'authenticator' OR s.setrole = 0)
      AND s.setdatabase IN (0, (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()))
    ORDER BY s.setrole = 0, s.setdatabase = 0
    LIMIT 1
), holder AS (
    -- the place of the list, when the one in force is the one stored there
    SELECT CASE WHEN s.setrole = 0 AND s.setdatabase = 0 THEN 'ROLE ALL'
                WHEN s.setrole = 0 THEN format('DATABASE %I', current_database())
                WHEN s.setdatabase = 0 THEN 'ROLE authenticator'
                ELSE format('ROLE authenticator IN DATABASE %I', current_database()) END AS target
    FROM stored AS s
    WHERE s.schemas = $1::text[]
), risky AS (
    SELECT DISTINCT served.name
    FROM unnest($1::text[]) AS served (name)
    WHERE served.name IN ('auth', 'vault', 'pgsodium', 'cron', 'net', 'realtime', 'supabase_functions', 'pgmq', 'extensions',
                          'pg_catalog', 'information_schema')
       OR (served.name = 'storage' AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = 'service_role'))
), rest AS (
    SELECT k.name, string_agg(o.name, ', ' ORDER BY o.place) AS schemas
    FROM risky AS k
    LEFT JOIN unnest($1::text[]) WITH ORDINALITY AS o (name, place) ON o.name <> k.name
    GROUP BY k.name
)
SELECT quote_ident(k.name) AS object, k.name AS schema,
       CASE k.name WHEN 'auth' THEN 'logins are on the web' WHEN 'vault' THEN 'secrets are on the web'
                   WHEN 'cron' THEN 'jobs are on the web' WHEN 'net' THEN 'requests are on the web'
                   ELSE 'is on the web' END AS evidence,
       CASE WHEN k.name = 'extensions' THEN 'watch' END AS severity, NULL::text AS unknown, NULL::text AS unknown_kind,
       CASE WHEN h.target IS NULL THEN 'The list is not stored in the database: take it out where the API has it, then let it read '
                                       'its settings again.'
            WHEN r.schemas IS NULL THEN 'It is the only schema of the list: put the schema that clients need in its place.'
            ELSE format('The list is stored for %s; serve views in a schema of their own instead.', CASE WHEN h.target LIKE 'ROLE auth%' THEN 'the role authenticator' WHEN h.target = 'ROLE ALL' THEN 'all roles' ELSE 'the database' END)
       END AS "where",
       'ALTER ' || h.target || ' SET pgrst.db_schemas = ' || quote_literal(r.schemas) || E';\nNOTIFY pgrst, ''reload config'';' AS fix,
       'ALTER ' || h.target || ' SET pgrst.db_schemas = ' || CASE WHEN r.schemas IS NOT NULL THEN quote_literal(array_to_string($1::text[], ', ')) END
       || E';\nNOTIFY pgrst, ''reload config'';' AS undo
FROM risky AS k
JOIN rest AS r ON r.name = k.name
LEFT JOIN holder AS h ON true
UNION ALL
SELECT quote_ident(current_database()), NULL, NULL, NULL,
       'which schemas the API serves is not known; --api-schemas names them', 'setting', NULL, NULL, NULL
WHERE $1::text[] IS NULL
ORDER BY 1
