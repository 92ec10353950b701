-- title: Policies, row security off
-- severity: bad
-- group: security
-- kind: table
-- about: A table has policies, and row level security is off. Tables that the API serves to its clients are left to
--   sec-rls-disabled-exposed, partitions below a root with row security to sec-partition-rls-gap.
-- why: The policies look like a wall and none of them has any effect: every role with a right on the table reaches all rows.
-- detail: Without effect: {names}. The fix brings all of them into force at once; read them first.
-- fix: ALTER TABLE {object} ENABLE ROW LEVEL SECURITY;
-- undo: ALTER TABLE {object} DISABLE ROW LEVEL SECURITY;
-- lock: ACCESS EXCLUSIVE for a moment
-- parameters: api_roles api_schemas
-- references: https://www.postgresql.org/docs/current/ddl-rowsecurity.html; splinter 0007 policy_exists_rls_disabled
SELECT format('%I.%I', n.nspname, t.relname) AS object, t.oid::bigint AS oid, n.nspname::text AS schema,
       t.relname::text AS "table", p.names,
       CASE p.policies WHEN 1 THEN '1 policy without effect' ELSE p.policies || ' policies without effect' END AS evidence
FROM (
    SELECT polrelid, count(*) AS policies,
           array_to_string((array_agg(quote_ident(polname) ORDER BY polname))[1:5], ', ')
               || CASE WHEN count(*) > 5 THEN format(' and %s more', count(*) - 5) ELSE '' END AS names
    FROM pg_catalog.pg_policy GROUP BY polrelid
) AS p
JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
WHERE NOT t.relrowsecurity AND t.relpersistence <> 't' AND t.oid >= 16384
  AND NOT ((n.nspname = ANY ($2::text[]) OR $2::text[] IS NULL) AND EXISTS (
          SELECT FROM unnest($1::text[]) AS role (name)
          WHERE has_schema_privilege(role.name, n.oid, 'USAGE')
            AND (has_any_column_privilege(role.name, t.oid, 'SELECT, INSERT, UPDATE')
                 OR has_table_privilege(role.name, t.oid, 'DELETE'))))
  AND NOT (t.relispartition AND EXISTS (
          SELECT FROM pg_partition_ancestors(t.oid) AS a (relid)
          JOIN pg_catalog.pg_class AS up ON up.oid = a.relid
          WHERE up.oid <> t.oid AND up.relrowsecurity))
ORDER BY 1
