-- described: what pg_graphql describes to the role in caller (name), one of $1, and through which grants
held AS (
    SELECT t.oid, t.relname, t.relacl, t.relkind, t.relrowsecurity, n.nspname, ARRAY[r.rolname::text] AS names
    FROM pg_catalog.pg_extension AS e
    JOIN caller ON caller.name = ANY ($1::text[])
    JOIN pg_catalog.pg_roles AS r ON r.rolname = caller.name
    JOIN pg_catalog.pg_class AS t ON t.relkind IN ('r', 'v', 'm', 'f') AND t.relpersistence <> 't' AND t.oid >= 16384
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace AND n.nspname NOT IN ('graphql', 'graphql_public')
    WHERE e.extname = 'pg_graphql'
      AND has_schema_privilege(r.oid, n.oid, 'USAGE') AND has_any_column_privilege(r.oid, t.oid, 'SELECT')
),
-- with: granted,
described AS (
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
)
