-- title: Policy reads closed table
-- severity: bad
-- group: security
-- kind: policy
-- about: A policy with a sub-select on another table or view, or a call of an SQL function with a parsed body (BEGIN ATOMIC) that reads
--   one, for a role that has no SELECT on it. Roles that own the table or pass row security are left out, and roles without
--   the right to the policy's command. Functions whose body is text, and SECURITY DEFINER functions, are not followed.
-- why: The look-up runs with the rights of whoever asks, so every statement that the policy counts for fails: permission denied
--   (42501).
-- detail: It reads {tables}{through}, which {roles} may not. Put the look-up into a STABLE SECURITY DEFINER function with a fixed
--   search_path and call that in the policy; or grant SELECT on the columns it needs, where these roles may see them. No fix is
--   given, because the second opens a table.
-- references: https://www.postgresql.org/docs/current/ddl-rowsecurity.html
-- parameters: api_roles
WITH policy AS MATERIALIZED (
    SELECT p.oid, p.polrelid, p.polname, p.polcmd, p.polroles, t.relname, t.relowner, t.relforcerowsecurity, t.relacl, n.nspname
    FROM pg_catalog.pg_policy AS p
    JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid AND t.relrowsecurity AND t.relpersistence <> 't'
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE p.oid >= 16384
), looks AS MATERIALIZED (
    SELECT p.oid, d.refobjid AS relation, d.refobjsubid::int2 AS attribute, NULL::oid AS function
    FROM policy AS p
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_policy'::regclass AND d.objid = p.oid
     AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> p.polrelid
    UNION
    SELECT p.oid, r.refobjid, r.refobjsubid::int2, f.oid
    FROM policy AS p
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_policy'::regclass AND d.objid = p.oid
     AND d.refclassid = 'pg_catalog.pg_proc'::regclass
    JOIN pg_catalog.pg_proc AS f ON f.oid = d.refobjid AND f.prosqlbody IS NOT NULL AND NOT f.prosecdef
    JOIN pg_catalog.pg_depend AS r ON r.classid = 'pg_catalog.pg_proc'::regclass AND r.objid = f.oid
     AND r.refclassid = 'pg_catalog.pg_class'::regclass AND r.refobjid <> p.polrelid AND r.deptype = 'n'
), reader AS MATERIALIZED (
    -- roles that the policy names; where it is for all, those the table is granted to and those of the API
    SELECT p.oid, r.oid AS role, r.rolname
    FROM (SELECT DISTINCT l.oid FROM looks AS l) AS l
    JOIN policy AS p ON p.oid = l.oid
    JOIN pg_catalog.pg_roles AS r
      ON NOT r.rolsuper AND NOT r.rolbypassrls AND r.oid >= 16384
     AND (r.oid = ANY (p.polroles)
          OR (0 = ANY (p.polroles)
              AND (r.rolname = ANY ($1::text[]) OR r.oid IN (SELECT a.grantee FROM aclexplode(p.relacl) AS a))))
    WHERE (p.relforcerowsecurity OR NOT pg_has_role(r.oid, p.relowner, 'USAGE'))
      AND CASE p.polcmd WHEN 'r' THEN has_any_column_privilege(r.oid, p.polrelid, 'SELECT')
                        WHEN 'a' THEN has_any_column_privilege(r.oid, p.polrelid, 'INSERT')
                        WHEN 'w' THEN has_any_column_privilege(r.oid, p.polrelid, 'UPDATE')
                        WHEN 'd' THEN has_table_privilege(r.oid, p.polrelid, 'DELETE')
                        ELSE has_any_column_privilege(r.oid, p.polrelid, 'SELECT, INSERT, UPDATE')
                             OR has_table_privilege(r.oid, p.polrelid, 'DELETE') END
), closed AS (
    SELECT l.oid, l.relation, r.rolname, min(l.function::int8) AS function
    FROM looks AS l
    JOIN reader AS r ON r.oid = l.oid
    JOIN pg_catalog.pg_class AS c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    WHERE CASE WHEN l.attribute > 0 THEN NOT has_column_privilege(r.role, l.relation, l.attribute, 'SELECT')
               ELSE NOT has_any_column_privilege(r.role, l.relation, 'SELECT') END
    GROUP BY l.oid, l.relation, r.rolname
)
SELECT format('%I.%I %I', p.nspname, p.relname, p.polname) AS object, p.polrelid::bigint AS oid, p.nspname::text AS schema,
       p.relname::text AS "table", p.polname::text AS policy, f.tables, f.roles,
       coalesce(' through ' || f.called, '') AS through,
       CASE WHEN f.number = 1 THEN f.first_role || ' may not read ' || f.first_table
            ELSE format('%s roles may not read %s', f.number, f.first_table) END AS evidence
FROM (
    SELECT c.oid, string_agg(DISTINCT format('%I.%I', m.nspname, t.relname), ', ') AS tables, min(t.relname::text) AS first_table,
           string_agg(DISTINCT quote_ident(c.rolname), ', ') AS roles, min(c.rolname::text) AS first_role,
           count(DISTINCT c.rolname) AS number, min(c.function::oid::regprocedure::text) AS called
    FROM closed AS c
    JOIN pg_catalog.pg_class AS t ON t.oid = c.relation
    JOIN pg_catalog.pg_namespace AS m ON m.oid = t.relnamespace
    GROUP BY c.oid
) AS f
JOIN policy AS p ON p.oid = f.oid
ORDER BY 1
