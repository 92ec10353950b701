-- title: Excess rights of API roles
-- severity: watch
-- group: security
-- kind: schema
-- about: A role of the API holds TRUNCATE, REFERENCES, TRIGGER or (from 17 on) MAINTAIN on tables of a schema it may use,
--   itself or through PUBLIC or a group. Without TRUNCATE it is info. One finding for a schema.
-- why: Row level security filters none of these: TRUNCATE empties a table whose every row is closed. The REST interface does not
--   offer them, but every function that runs SQL with its caller's rights does.
-- detail: {rights}. {listed}
-- shape: REVOKE {rights} ON {tables} FROM {roles};
-- lock: ACCESS SHARE on the tables for a moment
-- needs: api
-- parameters: api_roles
-- references: https://www.postgresql.org/docs/current/ddl-rowsecurity.html; https://www.postgresql.org/docs/current/sql-truncate.html
WITH api AS (
    SELECT r.oid, r.rolname FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY ($1::text[])
), through AS (
    -- whose rights are theirs as well
    SELECT a.oid AS api, a.rolname, g.oid AS grantee, quote_ident(g.rolname) AS name
    FROM api AS a JOIN pg_catalog.pg_roles AS g ON pg_has_role(a.oid, g.oid, 'USAGE')
    UNION ALL
    SELECT a.oid, a.rolname, 0, 'PUBLIC' FROM api AS a
), open AS (
    SELECT n.oid, n.nspname, a.oid AS api
    FROM pg_catalog.pg_namespace AS n CROSS JOIN api AS a
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND has_schema_privilege(a.oid, n.oid, 'USAGE')
), relation AS MATERIALIZED (
    SELECT c.oid, c.relname, c.relnamespace, c.relowner, c.relacl::text AS acl
    FROM pg_catalog.pg_class AS c
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't' AND c.oid >= 16384 AND c.relacl IS NOT NULL
      AND c.relnamespace IN (SELECT open.oid FROM open)
), kind AS MATERIALIZED (
    -- there are few different lists of rights, whatever the number of tables
    SELECT r.acl, r.relowner, r.relnamespace, t.rolname, t.name, a.privilege_type AS privilege
    FROM (SELECT DISTINCT relation.acl, relation.relowner, relation.relnamespace FROM relation) AS r
    CROSS JOIN aclexplode(r.acl::aclitem[]) AS a
    JOIN through AS t ON t.grantee = a.grantee AND a.grantee <> r.relowner
    JOIN open AS o ON o.oid = r.relnamespace AND o.api = t.api
    WHERE a.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN')
), wanting AS (
    SELECT k.acl, k.relowner, k.relnamespace, k.name, string_agg(DISTINCT k.privilege, ', ') AS privileges
    FROM kind AS k GROUP BY k.acl, k.relowner, k.relnamespace, k.name
), concerned AS MATERIALIZED (
    SELECT r.*
    FROM relation AS r
    JOIN (SELECT DISTINCT w.acl, w.relowner, w.relnamespace FROM wanting AS w) AS w
      ON w.acl = r.acl AND w.relowner = r.relowner AND w.relnamespace = r.relnamespace
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                      WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = r.oid AND d.deptype = 'e')
), statement AS (
    SELECT r.relnamespace, w.name, w.privileges,
           string_agg(format('%I.%I', n.nspname, r.relname), ', ' ORDER BY r.relname) AS tables
    FROM concerned AS r
    JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace
    JOIN wanting AS w ON w.acl = r.acl AND w.relowner = r.relowner AND w.relnamespace = r.relnamespace
    GROUP BY r.relnamespace, w.name, w.privileges
), together AS (
    SELECT s.relnamespace, s.privileges, s.tables, string_agg(s.name, ', ' ORDER BY s.name) AS names
    FROM statement AS s GROUP BY s.relnamespace, s.privileges, s.tables
), statements AS (
    SELECT t.relnamespace,
           string_agg(format('REVOKE %s ON %s FROM %s;', t.privileges, t.tables, t.names), E'\n' ORDER BY t.privileges, t.names) AS fix,
           string_agg(format('GRANT %s ON %s TO %s;', t.privileges, t.tables, t.names), E'\n' ORDER BY t.privileges, t.names) AS undo
    FROM together AS t GROUP BY t.relnamespace
), counted AS (
    SELECT r.relnamespace, count(DISTINCT r.oid) AS tables, count(DISTINCT r.oid) FILTER (WHERE k.privilege = 'TRUNCATE') AS truncated,
           min(k.rolname::text) AS first, min(k.rolname::text) FILTER (WHERE k.privilege = 'TRUNCATE') AS first_truncating,
           string_agg(DISTINCT k.rolname::text, ', ') AS roles, string_agg(DISTINCT k.privilege, ', ') AS privileges
    FROM concerned AS r
    JOIN kind AS k ON k.acl = r.acl AND k.relowner = r.relowner AND k.relnamespace = r.relnamespace
    GROUP BY r.relnamespace
)
SELECT format('%I', n.nspname) AS object, n.nspname::text AS schema, c.tables,
       'pg_catalog.pg_namespace'::regclass::oid::bigint AS classid, n.oid::bigint AS objid,
       CASE WHEN c.truncated > 0 THEN format('%s empties %s', c.first_truncating, c.truncated) || CASE c.truncated WHEN 1 THEN ' table' ELSE ' tables' END
            ELSE format('%s: %s', c.first, c.privileges) END AS evidence,
       format('%s may %s', c.roles, c.privileges) AS rights,
       CASE c.tables WHEN 1 THEN 'One table is concerned; the fix names it.' ELSE format('%s tables are concerned; the fix names each.', c.tables) END
       || ' New tables get the rights again while the default privileges grant them.' AS listed,
       CASE c.truncated WHEN 0 THEN 'info' END AS severity, s.fix, s.undo
FROM counted AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN statements AS s ON s.relnamespace = c.relnamespace
ORDER BY 1
