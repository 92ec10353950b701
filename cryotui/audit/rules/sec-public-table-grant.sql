-- title: Table granted to PUBLIC
-- severity: watch
-- group: security
-- kind: table
-- about: A table, view or foreign table, or a column of one, on which every role has a right, in a schema that every role may
--   use. With row security on it is info.
-- why: Every role that is made later has the right as well, and REVOKE from a role does not take it away.
-- detail: {rights}. {closed}
-- shape: REVOKE {rights} ON {table} FROM PUBLIC;
-- lock: ACCESS SHARE for a moment
-- references: https://www.postgresql.org/docs/current/ddl-priv.html
WITH granted AS (
    SELECT c.oid, a.privilege_type AS privilege, NULL::text AS column_name
    FROM pg_catalog.pg_class AS c CROSS JOIN aclexplode(c.relacl) AS a
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't' AND c.oid >= 16384 AND a.grantee = 0 AND c.relacl::text ~ '[{,]=[a-zA-Z]'
    UNION ALL
    SELECT t.attrelid, a.privilege_type, quote_ident(t.attname)
    FROM pg_catalog.pg_attribute AS t CROSS JOIN aclexplode(t.attacl) AS a
    WHERE t.attacl IS NOT NULL AND t.attrelid >= 16384 AND NOT t.attisdropped AND a.grantee = 0
), part AS (
    SELECT g.oid, g.privilege, bool_or(g.column_name IS NULL) AS whole, string_agg(g.column_name, ', ' ORDER BY g.column_name) AS columns
    FROM granted AS g GROUP BY g.oid, g.privilege
), together AS (
    SELECT p.oid, string_agg(p.privilege, ', ' ORDER BY p.privilege) AS privileges,
           string_agg(p.privilege || CASE WHEN p.whole THEN '' ELSE format(' (%s)', p.columns) END, ', ' ORDER BY p.privilege) AS exact
    FROM part AS p GROUP BY p.oid
)
SELECT format('%I.%I', n.nspname, c.relname) AS object, c.oid::bigint AS oid, n.nspname::text AS schema, c.relname::text AS "table",
       CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'table' END AS kind,
       'all: ' || t.privileges AS evidence, format('Every role holds %s', t.exact) AS rights,
       CASE WHEN c.relrowsecurity THEN 'Row security is on, its policies decide which rows.'
            ELSE 'Grant it to the roles that need it, then take it from PUBLIC.' END AS closed,
       CASE WHEN c.relrowsecurity THEN 'info' END AS severity,
       format('REVOKE %s ON %I.%I FROM PUBLIC;', t.privileges, n.nspname, c.relname) AS fix,
       format('GRANT %s ON %I.%I TO PUBLIC;', t.exact, n.nspname, c.relname) AS undo
FROM together AS t
JOIN pg_catalog.pg_class AS c ON c.oid = t.oid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND has_schema_privilege('public', n.oid, 'USAGE')
ORDER BY 1
