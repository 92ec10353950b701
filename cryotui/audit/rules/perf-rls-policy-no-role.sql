-- title: Login policy without role
-- severity: info
-- group: performance
-- kind: policy
-- about: A policy for PUBLIC that only somebody logged in can satisfy, since each of its conditions compares with auth.uid(),
--   auth.jwt(), auth.email() or the role authenticated, on a table that the API's role anon may use.
-- why: It is worked out for every row that anon asks for, to refuse each of them; TO authenticated refuses them before a row
--   is read, and says what is meant.
-- evidence: worked out for anon too
-- detail: {command} on {relation}. The fix names authenticated; another role of yours that relied on this policy must be named
--   there as well.
-- shape: ALTER POLICY {policy} ON {table} TO {role};
-- lock: ACCESS EXCLUSIVE for a moment
-- needs: api
-- parameters: api_roles
-- references: https://www.postgresql.org/docs/current/sql-createpolicy.html;
--   https://supabase.com/docs/guides/database/postgres/row-level-security
WITH login AS MATERIALIZED (
    SELECT f.oid, f.proname FROM pg_catalog.pg_proc AS f
    JOIN pg_catalog.pg_namespace AS n ON n.oid = f.pronamespace AND n.nspname = 'auth'
    WHERE f.proname IN ('uid', 'jwt', 'email', 'role') AND f.pronargs = 0
), asking AS MATERIALIZED (
    SELECT DISTINCT d.objid AS policy
    FROM pg_catalog.pg_depend AS d JOIN login AS l ON l.oid = d.refobjid
    WHERE d.classid = 'pg_catalog.pg_policy'::regclass AND d.refclassid = 'pg_catalog.pg_proc'::regclass
), policy AS MATERIALIZED (
    SELECT p.oid, p.polrelid, p.polname, p.polcmd, part.tree
    FROM asking AS a
    JOIN pg_catalog.pg_policy AS p ON p.oid = a.policy AND p.polroles = '{0}' AND p.polpermissive
    JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid AND t.relrowsecurity
    CROSS JOIN LATERAL (VALUES (p.polqual::text), (p.polwithcheck::text)) AS part (tree)
    WHERE part.tree IS NOT NULL
), strict AS (
    SELECT p.polrelid, p.oid, p.polname, p.polcmd
    FROM policy AS p
    GROUP BY p.polrelid, p.oid, p.polname, p.polcmd
    -- anon gets past what may be true of nothing: OR, NOT, IS NULL, COALESCE, CASE, IS DISTINCT FROM
    HAVING bool_and(p.tree !~ '\{BOOLEXPR :boolop (or|not) |\{(NULLTEST|BOOLEANTEST|COALESCE|COALESCEEXPR|CASE|CASEEXPR|DISTINCTEXPR|MINMAX) '
                    AND (EXISTS (SELECT FROM login AS l WHERE l.proname <> 'role' AND strpos(p.tree, ':funcid ' || l.oid || ' ') > 0)
                         -- auth.role() = 'authenticated', its bytes as the tree keeps them
                         OR EXISTS (SELECT FROM login AS l WHERE l.proname = 'role' AND strpos(p.tree, ':funcid ' || l.oid || ' ') > 0)
                            AND strpos(p.tree, ' 97 117 116 104 101 110 116 105 99 97 116 101 100 ]') > 0))
)
SELECT format('%I.%I %I', n.nspname, t.relname, s.polname) AS object, t.oid::bigint AS oid, n.nspname::text AS schema,
       t.relname::text AS "table", s.polname::text AS policy, format('%I.%I', n.nspname, t.relname) AS relation,
       CASE s.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END AS command,
       format('ALTER POLICY %I ON %I.%I TO authenticated;', s.polname, n.nspname, t.relname) AS fix,
       format('ALTER POLICY %I ON %I.%I TO PUBLIC;', s.polname, n.nspname, t.relname) AS undo
FROM strict AS s
JOIN pg_catalog.pg_class AS t ON t.oid = s.polrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
WHERE 'anon' = ANY ($1::text[]) AND 'authenticated' = ANY ($1::text[])
  AND CASE WHEN 'anon' = ANY ($1::text[]) THEN has_schema_privilege('anon', n.oid, 'USAGE')
      AND (has_any_column_privilege('anon', t.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege('anon', t.oid, 'DELETE')) END
ORDER BY 1
