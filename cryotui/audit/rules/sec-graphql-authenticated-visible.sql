-- title: GraphQL shows it to users
-- severity: info
-- group: security
-- kind: table
-- about: pg_graphql is there, and authenticated, the role of whoever signed in, may read a column of this table, view, materialized
--   view or foreign table: its name, columns and relationships are in the GraphQL schema. What anon may read as well is
--   sec-graphql-anon-visible. Partitioned roots are never in it.
-- why: Whoever may sign up learns from introspection what is kept here and how it hangs together, also where row security
--   lets no row through.
-- detail: {told}
-- shape: REVOKE SELECT ON {relation} FROM {roles};
-- lock: ACCESS SHARE for a moment
-- needs: api
-- parameters: api_roles
-- references: https://supabase.com/docs/guides/graphql; splinter 0027 pg_graphql_authenticated_table_exposed
WITH caller AS (SELECT 'authenticated'::name AS name),
-- with: graphql
SELECT d.* FROM described AS d
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = 'anon' AND r.rolname::text = ANY ($1::text[])
                  AND has_schema_privilege(r.oid, d.schema, 'USAGE') AND has_any_column_privilege(r.oid, d.oid::oid, 'SELECT'))
ORDER BY 1
