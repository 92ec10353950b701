-- title: Policy without a grant
-- severity: watch
-- group: security
-- kind: policy
-- about: A permissive policy names a role for a command, row level security is on, and that role lacks the right to the
--   command on the table and all of its columns, or USAGE on the schema. A policy for ALL commands needs one of the four.
--   Policies for PUBLIC are left out, and so are those that let no row pass: they say what the missing right says.
-- why: The policy is dead. The client gets permission denied (42501), which looks like a fault of the policy.
-- detail: {lacks} Rights come first, policies after. Which of the two is wrong only you know: grant what the role is meant to
--   have, or drop the policy. No SQL is given, as it would open the table.
-- references: https://www.postgresql.org/docs/current/ddl-rowsecurity.html; https://www.postgresql.org/docs/current/sql-grant.html
WITH RECURSIVE named AS MATERIALIZED (
    SELECT DISTINCT p.polrelid, p.polcmd, r.oid AS role, r.rolname, t.relnamespace
    FROM pg_catalog.pg_policy AS p
    JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid AND t.relrowsecurity
    CROSS JOIN unnest(p.polroles) AS o
    JOIN pg_catalog.pg_roles AS r ON r.oid = o AND NOT r.rolsuper
    WHERE p.polpermissive AND p.oid >= 16384
), lacking AS MATERIALIZED (
    SELECT n.*, NOT has_schema_privilege(n.role, n.relnamespace, 'USAGE') AS no_usage,
           CASE n.polcmd WHEN 'r' THEN NOT has_any_column_privilege(n.role, n.polrelid, 'SELECT')
                         WHEN 'a' THEN NOT has_any_column_privilege(n.role, n.polrelid, 'INSERT')
                         WHEN 'w' THEN NOT has_any_column_privilege(n.role, n.polrelid, 'UPDATE')
                         WHEN 'd' THEN NOT has_table_privilege(n.role, n.polrelid, 'DELETE')
                         ELSE NOT (has_any_column_privilege(n.role, n.polrelid, 'SELECT, INSERT, UPDATE')
                                   OR has_table_privilege(n.role, n.polrelid, 'DELETE')) END AS no_right
    FROM named AS n
), asked AS MATERIALIZED (
    SELECT DISTINCT p.oid
    FROM lacking AS l
    JOIN pg_catalog.pg_policy AS p ON p.polrelid = l.polrelid AND p.polcmd = l.polcmd AND p.polpermissive AND l.role = ANY (p.polroles)
    WHERE l.no_usage OR l.no_right
),
-- with: folded,
denying AS MATERIALIZED (
    SELECT f.oid FROM folded AS f JOIN pg_catalog.pg_policy AS p ON p.oid = f.oid
    WHERE f.value IN ('F', 'N') AND (f.part = 'using' OR p.polcmd = 'a')
), p AS (
    SELECT p.oid, p.polrelid, p.polname, p.polcmd, n.nspname, t.relname, format('%I.%I', n.nspname, t.relname) AS relation,
           CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                         ELSE 'SELECT, INSERT, UPDATE, DELETE' END AS command,
           string_agg(quote_ident(l.rolname), ', ' ORDER BY l.rolname) FILTER (WHERE l.no_usage) AS without_usage,
           string_agg(quote_ident(l.rolname), ', ' ORDER BY l.rolname) FILTER (WHERE l.no_right) AS without_right,
           (array_agg(l.rolname::text ORDER BY l.no_right DESC, l.rolname))[1] AS first_role, bool_or(l.no_right) AS no_right
    FROM lacking AS l
    JOIN pg_catalog.pg_policy AS p ON p.polrelid = l.polrelid AND p.polcmd = l.polcmd AND p.polpermissive AND l.role = ANY (p.polroles)
    JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE (l.no_usage OR l.no_right) AND p.oid NOT IN (SELECT d.oid FROM denying AS d)
    GROUP BY p.oid, p.polrelid, p.polname, p.polcmd, n.nspname, t.relname
)
SELECT format('%s %I', p.relation, p.polname) AS object, p.polrelid::bigint AS oid,
       'pg_catalog.pg_policy'::regclass::oid::bigint AS classid, p.oid::bigint AS objid, p.nspname::text AS schema,
       p.relname::text AS "table", p.polname::text AS policy, p.first_role || ' lacks ' || CASE WHEN NOT p.no_right THEN 'USAGE' WHEN p.polcmd = '*' THEN 'all rights' ELSE p.command END AS evidence,
       concat_ws(' ', CASE WHEN p.without_right IS NOT NULL
                           THEN format('Without %s on %s: %s.', p.command, p.relation, p.without_right) END,
                 CASE WHEN p.without_usage IS NOT NULL
                      THEN format('Without USAGE on schema %I: %s.', p.nspname, p.without_usage) END) AS lacks
FROM p
ORDER BY 1
