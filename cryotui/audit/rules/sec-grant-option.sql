-- title: Rights to hand on
-- severity: info
-- group: security
-- kind: table
-- about: A role that is neither the owner nor superuser holds rights WITH GRANT OPTION on a table, view, sequence, function or
--   schema. The API's roles make it watch.
-- why: It gives them on to whom it likes, and the owner does not learn of it.
-- detail: {role} may hand on {privileges}. REVOKE refuses while it has; with CASCADE it takes the rights back from those too.
-- shape: REVOKE GRANT OPTION FOR {rights} ON {object} FROM {roles};
-- lock: ACCESS SHARE on a table for a moment
-- parameters: api_roles
-- references: https://www.postgresql.org/docs/current/sql-grant.html
WITH held AS (
    SELECT 'pg_catalog.pg_class'::regclass::oid AS classid, c.oid, c.relowner AS owner, c.relacl AS acl,
           CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'table' END AS kind,
           CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END || format('%I.%I', n.nspname, c.relname) AS target,
           format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't' AND c.relacl::text LIKE '%*%'
    UNION ALL
    SELECT 'pg_catalog.pg_proc'::regclass::oid, p.oid, p.proowner, p.proacl, CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END,
           format('ROUTINE %I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)),
           format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes))
    FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE p.oid >= 16384 AND p.proacl::text LIKE '%*%'
    UNION ALL
    SELECT 'pg_catalog.pg_namespace'::regclass::oid, n.oid, n.nspowner, n.nspacl, 'schema', format('SCHEMA %I', n.nspname), format('%I', n.nspname)
    FROM pg_catalog.pg_namespace AS n
    WHERE n.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspacl::text LIKE '%*%'
)
SELECT format('%s for %I', h.name, g.rolname) AS object, h.kind, quote_ident(g.rolname) AS role, given.privileges,
       h.classid::bigint AS classid, h.oid::bigint AS objid,
       g.rolname || ' hands on ' || given.privileges AS evidence,
       CASE WHEN g.rolname = ANY ($1::text[]) THEN 'watch' END AS severity,
       format('REVOKE GRANT OPTION FOR %s ON %s FROM %I;', given.privileges, h.target, g.rolname) AS fix,
       format('GRANT %s ON %s TO %I WITH GRANT OPTION;', given.privileges, h.target, g.rolname) AS undo
FROM held AS h
CROSS JOIN LATERAL (
    SELECT a.grantee, string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type) AS privileges
    FROM aclexplode(h.acl) AS a WHERE a.is_grantable AND a.grantee NOT IN (0, h.owner) GROUP BY a.grantee
) AS given
JOIN pg_catalog.pg_roles AS g ON g.oid = given.grantee AND NOT g.rolsuper
ORDER BY 1
