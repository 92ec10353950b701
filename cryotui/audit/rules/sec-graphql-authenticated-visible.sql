-- title: GraphQL shows it to users
-- severity: info
-- group: security
-- kind: table
-- about: pg_graphql is there, and authenticated, the role of whoever signed in, may read a column of this table, view, materialized
--   view or foreign table: its name, columns and relationships are in the GraphQL schema. Partitioned roots are never in it.
-- why: Whoever may sign up learns from introspection what is kept here and how it hangs together, also where row security
--   lets no row through.
-- detail: {told}
-- lock: ACCESS SHARE for a moment
-- needs: api
-- parameters: api_roles
-- references: https://supabase.com/docs/guides/graphql; splinter 0027 pg_graphql_authenticated_table_exposed
WITH held AS (
    SELECT t.oid, t.relname, t.relacl, t.relkind, t.relrowsecurity, n.nspname, r.oid AS role
    FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_roles AS r ON r.rolname = 'authenticated' AND r.rolname::text = ANY ($1::text[])
    JOIN pg_catalog.pg_class AS t ON t.relkind IN ('r', 'v', 'm', 'f') AND t.relpersistence <> 't' AND t.oid >= 16384
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace AND n.nspname NOT IN ('graphql', 'graphql_public')
    WHERE e.extname = 'pg_graphql'
      AND has_schema_privilege(r.oid, n.oid, 'USAGE') AND has_any_column_privilege(r.oid, t.oid, 'SELECT')
), granted AS (
    -- whom it was granted to so that the role reads it: itself, PUBLIC, or roles it is a member of
    SELECT h.oid, string_agg(DISTINCT coalesce(quote_ident(r.rolname), 'PUBLIC'), ', ') AS grantees, bool_or(a.by_column) AS by_column
    FROM held AS h
    CROSS JOIN LATERAL (
        SELECT x.grantee, false AS by_column FROM aclexplode(h.relacl) AS x WHERE x.privilege_type = 'SELECT'
        UNION ALL
        SELECT x.grantee, true FROM pg_catalog.pg_attribute AS c CROSS JOIN aclexplode(c.attacl) AS x
        WHERE c.attrelid = h.oid AND c.attacl IS NOT NULL AND x.privilege_type = 'SELECT'
    ) AS a
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
    WHERE a.grantee = 0 OR pg_has_role(h.role, a.grantee, 'USAGE')
    GROUP BY h.oid
)
SELECT format('%I.%I', h.nspname, h.relname) AS object, h.oid::bigint AS oid, h.nspname::text AS schema,
       h.relname::text AS "table",
       CASE h.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END
           || ' is described' AS evidence,
       CASE WHEN h.relrowsecurity THEN 'Row security hides rows, not the names of its columns.'
            ELSE 'Its columns are described, and its rows served.' END
           || CASE WHEN g.oid IS NULL THEN ' The role owns it, or reads all data: no REVOKE takes that away.'
                   ELSE format(' SELECT comes through %s.', g.grantees) END AS told,
       format('REVOKE SELECT ON %I.%I FROM %s;', h.nspname, h.relname, g.grantees) AS fix,
       CASE WHEN NOT g.by_column THEN format('GRANT SELECT ON %I.%I TO %s;', h.nspname, h.relname, g.grantees) END AS undo
FROM held AS h
LEFT JOIN granted AS g ON g.oid = h.oid
ORDER BY 1
