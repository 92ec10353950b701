-- title: GraphQL shows it to anon
-- severity: watch
-- group: security
-- kind: table
-- about: pg_graphql is there, and anon, a role that needs no login, may read a column of this table, view, materialized view or
--   foreign table: its name, columns and relationships are in the GraphQL schema. Partitioned roots are never in it.
-- why: Whoever has the key of the web client learns from introspection what is kept here and how it hangs together,
--   also where row security lets no row through.
-- detail: {told}
-- shape: REVOKE SELECT ON {relation} FROM {roles};
-- lock: ACCESS SHARE for a moment
-- needs: api
-- parameters: api_roles
-- references: https://supabase.com/docs/guides/graphql; splinter 0026 pg_graphql_anon_table_exposed
WITH caller AS (SELECT 'anon'::name AS name),
-- with: graphql
SELECT d.* FROM described AS d ORDER BY 1
