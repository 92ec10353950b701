-- title: Schema open to CREATE
-- severity: bad
-- group: security
-- kind: schema
-- about: PUBLIC or a role of the API may create objects in a schema. Up to 14 that is how public is made, and databases
--   upgraded from there keep it. Info while the database holds no object of a user, or no role but superusers can log in and
--   there is no API.
-- why: Whoever may connect plants functions, operators and tables that others, and functions with their owner's rights, find on
--   their search_path, and runs as them.
-- detail: {who} may create objects here. {advice}
-- shape: REVOKE CREATE ON SCHEMA {schema} FROM {roles};
-- lock: none on tables
-- parameters: api_roles
-- references: https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATTERNS
WITH stake AS (
    SELECT (EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't')
            OR EXISTS (SELECT FROM pg_catalog.pg_proc AS p WHERE p.oid >= 16384))
       AND (cardinality($1::text[]) > 0
            OR EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolcanlogin AND NOT r.rolsuper)) AS any
), creator AS (
    SELECT n.oid, n.nspname, a.grantee, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(g.rolname) END AS name
    FROM pg_catalog.pg_namespace AS n
    CROSS JOIN aclexplode(n.nspacl) AS a
    LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = a.grantee
    WHERE a.privilege_type = 'CREATE' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND a.grantee <> n.nspowner
      AND (a.grantee = 0 OR EXISTS (SELECT FROM unnest($1::text[]) AS api (name) WHERE pg_has_role(api.name, a.grantee, 'USAGE')))
), together AS (
    SELECT c.oid, c.nspname, string_agg(c.name, ', ' ORDER BY c.grantee) AS names, bool_or(c.grantee = 0) AS by_all, min(c.name) AS first
    FROM creator AS c GROUP BY c.oid, c.nspname
)
SELECT quote_ident(t.nspname) AS object, t.nspname::text AS schema,
       'pg_catalog.pg_namespace'::regclass::oid::bigint AS classid, t.oid::bigint AS objid,
       CASE WHEN t.by_all THEN 'any role creates objects' ELSE t.first || ' creates objects' END AS evidence,
       CASE WHEN t.by_all THEN 'Every role' ELSE t.names END AS who,
       'A role that needs it, such as one for migrations, gets it by name.' AS advice,
       CASE WHEN NOT s.any THEN 'info' END AS severity,
       format('REVOKE CREATE ON SCHEMA %I FROM %s;', t.nspname, t.names) AS fix,
       format('GRANT CREATE ON SCHEMA %I TO %s;', t.nspname, t.names) AS undo
FROM together AS t CROSS JOIN stake AS s
ORDER BY 1
