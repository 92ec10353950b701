-- title: Row security, no policy
-- severity: info
-- group: security
-- kind: table
-- about: Row level security is on and the table has no policy, so every row is denied to all but its owner and roles that
--   pass row security. A partition whose root has row security is left out: nobody is meant to read it directly.
-- why: Right for a table that only the server uses. Where clients are meant to read it, they see an empty table and no error.
-- detail: {passes} For a table that only the server uses, waive this. Else make a policy: CREATE POLICY with the command, the
--   role and the condition that are meant.
-- references: https://www.postgresql.org/docs/current/ddl-rowsecurity.html; splinter 0008 rls_enabled_no_policy
SELECT format('%I.%I', n.nspname, t.relname) AS object, t.oid::bigint AS oid, n.nspname::text AS schema,
       t.relname::text AS "table", 'no row passes, no error' AS evidence,
       CASE WHEN t.relforcerowsecurity THEN 'Row security is forced: its owner sees nothing either.'
            ELSE format('Its owner %I passes row security.', o.rolname) END AS passes
FROM pg_catalog.pg_class AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_roles AS o ON o.oid = t.relowner
WHERE t.relkind IN ('r', 'p') AND t.relrowsecurity AND t.relpersistence <> 't' AND t.oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy AS p WHERE p.polrelid = t.oid)
  AND NOT (t.relispartition AND EXISTS (
          SELECT FROM pg_partition_ancestors(t.oid) AS a (relid)
          JOIN pg_catalog.pg_class AS up ON up.oid = a.relid
          WHERE up.oid <> t.oid AND up.relrowsecurity))
ORDER BY 1
