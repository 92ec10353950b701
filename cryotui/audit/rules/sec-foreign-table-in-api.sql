-- title: Foreign table in API
-- severity: bad
-- group: security
-- kind: table
-- about: A foreign table that clients of the API may read: one of the API's roles may use its schema and holds SELECT on it or
--   on a column.
-- why: Row level security does not work on foreign tables. Whoever has the key of the API reads what the user mapping lets
--   through, and loads the other server with it.
-- detail: {roles} may read it. {served} What the other server lets the mapped user read, they read.
-- shape: REVOKE {rights} ON {table} FROM {roles};
-- lock: ACCESS SHARE for a moment
-- needs: api
-- parameters: api_roles api_schemas
-- references: https://www.postgresql.org/docs/current/sql-createforeigntable.html; splinter 0017 foreign_table_in_api
WITH held AS (
    SELECT t.oid, t.relname, t.relacl, n.nspname, array_agg(role.name ORDER BY role.place) AS names
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    CROSS JOIN unnest($1::text[]) WITH ORDINALITY AS role (name, place)
    WHERE t.relkind = 'f' AND t.oid >= 16384
      AND has_schema_privilege(role.name, n.oid, 'USAGE') AND has_any_column_privilege(role.name, t.oid, 'SELECT')
    GROUP BY t.oid, t.relname, t.relacl, n.nspname
),
-- with: granted
SELECT format('%I.%I', h.nspname, h.relname) AS object, h.oid::bigint AS oid, h.nspname::text AS schema,
       h.relname::text AS "table", array_to_string(h.names, ', ') AS roles,
       'remote rows to ' || h.names[1] AS evidence,
       CASE WHEN $2::text[] IS NULL AND h.nspname <> 'public'
            THEN 'Which schemas the API serves is not known; it may serve this one.'
            WHEN $2::text[] IS NULL THEN 'The API serves public unless it is told otherwise.'
            WHEN h.nspname = ANY ($2::text[]) THEN format('The API serves schema %I.', h.nspname)
            ELSE format('The API does not serve schema %I now.', h.nspname) END AS served,
       CASE WHEN h.nspname = ANY ($2::text[]) OR ($2::text[] IS NULL AND h.nspname = 'public') THEN 'bad'
            WHEN $2::text[] IS NULL THEN 'watch' ELSE 'info' END AS severity,
       format('REVOKE SELECT ON %I.%I FROM %s;', h.nspname, h.relname, g.grantees) AS fix,
       CASE WHEN NOT g.by_column THEN format('GRANT SELECT ON %I.%I TO %s;', h.nspname, h.relname, g.grantees) END AS undo
FROM held AS h
LEFT JOIN granted AS g ON g.oid = h.oid
ORDER BY 1
