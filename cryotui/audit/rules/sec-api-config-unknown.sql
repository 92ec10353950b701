-- title: Served schemas unknown
-- severity: watch
-- group: security
-- kind: database
-- about: The roles of an API exist, but which schemas it serves can be read neither from pgrst.db_schemas of the role
--   authenticator nor from the database's; nor was it told by --api-schemas. Info when the API's roles may use no schema with
--   objects in it but public.
-- why: What the rules say about the API is a guess then: public is taken to be served, every other schema with a right may be.
-- detail: {may}. Name the schemas with --api-schemas, from the API's settings (PGRST_DB_SCHEMAS, or "Exposed schemas" of
--   Supabase). No SQL is given, as a list stored in the database replaces that of the API's own settings.
-- lock: none
-- needs: api
-- parameters: api_roles api_schemas
-- references: https://docs.postgrest.org/en/stable/references/configuration.html#db-schemas;
--   https://supabase.com/docs/guides/api/using-custom-schemas
WITH open AS (
    SELECT n.nspname
    FROM pg_catalog.pg_namespace AS n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND EXISTS (SELECT FROM unnest($1::text[]) AS api (name) WHERE has_schema_privilege(api.name, n.oid, 'USAGE'))
      AND (EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f'))
           OR EXISTS (SELECT FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = n.oid))
), counted AS (
    SELECT count(*) FILTER (WHERE o.nspname <> 'public') AS others, count(*) AS number,
           string_agg(quote_ident(o.nspname), ', ' ORDER BY o.nspname) AS names
    FROM open AS o
)
SELECT quote_ident(current_database()) AS object, current_database()::text AS database,
       CASE c.others WHEN 0 THEN 'public is taken to be served' ELSE format('any of %s schemas', c.number) END AS evidence,
       CASE WHEN c.number = 0 THEN 'The roles of the API may use no schema with objects in it'
            ELSE format('The roles of the API may use %s', c.names) END AS may,
       CASE WHEN c.others = 0 THEN 'info' END AS severity
FROM counted AS c
WHERE $2::text[] IS NULL
