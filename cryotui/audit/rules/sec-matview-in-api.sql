-- title: Materialized view in API
-- severity: bad
-- group: security
-- kind: table
-- about: A materialized view that clients of the API may read: one of the API's roles may use its schema and holds SELECT on it
--   or on a column. One that copies auth.users is left to sec-auth-users-exposed.
-- why: A materialized view cannot have row level security. It holds what its owner saw at the last refresh, and whoever has
--   the key of the API reads all of it.
-- detail: {roles} may read it. {served} For figures that are meant for everybody, waive this.
-- shape: REVOKE SELECT ON {view} FROM {roles};
-- lock: ACCESS SHARE for a moment
-- needs: api
-- parameters: api_roles api_schemas
-- references: https://www.postgresql.org/docs/current/rules-materializedviews.html; splinter 0016 materialized_view_in_api
WITH RECURSIVE users AS (
    SELECT c.oid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'auth' AND c.relname = 'users'
), source AS (
    SELECT r.ev_class AS root, d.refobjid AS relation
    FROM pg_catalog.pg_class AS m
    JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = m.oid
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
     AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> m.oid
    WHERE m.relkind = 'm' AND EXISTS (SELECT FROM users)
    UNION
    SELECT s.root, d.refobjid
    FROM source AS s
    JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = s.relation AND r.ev_type = '1'
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
     AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> s.relation
), held AS (
    SELECT t.oid, t.relname, t.relacl, n.nspname, array_agg(role.name ORDER BY role.place) AS names
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    CROSS JOIN unnest($1::text[]) WITH ORDINALITY AS role (name, place)
    WHERE t.relkind = 'm' AND t.oid >= 16384
      AND has_schema_privilege(role.name, n.oid, 'USAGE') AND has_any_column_privilege(role.name, t.oid, 'SELECT')
    GROUP BY t.oid, t.relname, t.relacl, n.nspname
),
-- with: granted
SELECT format('%I.%I', h.nspname, h.relname) AS object, h.oid::bigint AS oid, h.nspname::text AS schema,
       h.relname::text AS "table", array_to_string(h.names, ', ') AS roles,
       h.names[1] || ' reads all rows' AS evidence,
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
WHERE NOT EXISTS (SELECT FROM source AS s WHERE s.root = h.oid AND s.relation = (SELECT u.oid FROM users AS u))
ORDER BY 1
