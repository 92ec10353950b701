-- title: View bypasses RLS
-- severity: bad
-- group: security
-- kind: table
-- about: A view that clients of the API may read, and that reads a table with row level security, itself or through other
--   views, as an owner whom that row security does not hold: a superuser, a role with BYPASSRLS, or the owner of the table
--   where row security is not forced. A view with a condition of its own on who asks is watch, with security_barrier info.
--   Views of auth.users are left to sec-auth-users-exposed, views of an exposed view to that one.
-- why: The policies of the table do not count for this view: whoever has the key of the API reads every row it shows.
-- detail: {passes} {guard}{served} {how}
-- shape: ALTER VIEW {view} SET (security_invoker = true);\n-- or\nREVOKE SELECT ON {view} FROM {roles};
-- lock: ACCESS EXCLUSIVE on the view for a moment
-- needs: api
-- cost: K1
-- parameters: api_roles api_schemas
-- references: https://www.postgresql.org/docs/current/sql-createview.html;
--   https://supabase.com/docs/guides/database/postgres/row-level-security#views
WITH RECURSIVE
-- with: views,
found AS MATERIALIZED (
    SELECT p.* FROM passed AS p WHERE NOT EXISTS (SELECT FROM of_users AS u WHERE u.root = p.root)
      AND EXISTS (SELECT FROM view AS v WHERE v.oid = p.root AND v.relkind = 'v')
      AND NOT EXISTS (SELECT FROM view AS v WHERE v.oid = p.reader AND v.oid <> p.root AND cardinality(v.exposed) > 0)
),
-- with: guarded,
held AS (
    SELECT v.oid, v.relacl, v.exposed AS names FROM view AS v WHERE v.oid IN (SELECT f.root FROM found AS f)
),
-- with: granted,
together AS (
    SELECT f.root, (array_agg(format('%I.%I', n.nspname, c.relname) ORDER BY n.nspname, c.relname))[1] AS first_table,
           (array_agg(c.relname::text ORDER BY n.nspname, c.relname))[1] AS first_name, count(DISTINCT f.relation) AS tables,
           (array_agg(format('%I, %s', f.rolname, f.how) ORDER BY n.nspname, c.relname))[1] AS as_whom,
           bool_and(v.relkind = 'v') AND current_setting('server_version_num')::int >= 150000 AS can_invoke,
           string_agg(DISTINCT format('ALTER VIEW %I.%I SET (security_invoker = true);', v.nspname, v.relname), E'\n') AS invoke,
           string_agg(DISTINCT format('ALTER VIEW %I.%I RESET (security_invoker);', v.nspname, v.relname), E'\n') AS uninvoke
    FROM found AS f
    JOIN pg_catalog.pg_class AS c ON c.oid = f.relation
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN view AS v ON v.oid = f.reader
    GROUP BY f.root
)
SELECT format('%I.%I', v.nspname, v.relname) AS object, 'view' AS kind, v.oid::bigint AS oid, v.nspname::text AS schema,
       v.relname::text AS view, v.exposed[1] || ' passes ' || t.first_name AS evidence,
       format('It reads %s%s as %s, and %s may read it.', t.first_table,
              CASE t.tables WHEN 1 THEN '' WHEN 2 THEN ' and one more table with row security'
                   ELSE format(' and %s more tables with row security', t.tables - 1) END,
              t.as_whom, array_to_string(v.exposed, ' and ')) AS passes,
       CASE WHEN g.barrier THEN 'It has a condition of its own on who asks, behind a security_barrier. '
            WHEN g.asks THEN 'It has a condition of its own on who asks, but no security_barrier. ' ELSE '' END AS guard,
       CASE WHEN $2::text[] IS NULL AND v.nspname <> 'public'
            THEN 'Which schemas the API serves is not known; it may serve this one.'
            WHEN $2::text[] IS NULL THEN 'The API serves public unless it is told otherwise.'
            WHEN v.nspname = ANY ($2::text[]) THEN format('The API serves schema %I.', v.nspname)
            ELSE format('The API does not serve schema %I now.', v.nspname) END AS served,
       CASE WHEN t.can_invoke THEN 'After the fix the policies count for whoever asks, who then needs rights on the table as well.'
            ELSE 'security_invoker cannot serve here; the fix takes the right to read it. A table that clients may read, or a schema that the API does not serve, is the other way.'
       END AS how,
       CASE WHEN g.barrier OR $2::text[] IS NOT NULL AND v.nspname <> ALL ($2::text[]) THEN 'info'
            WHEN g.asks OR $2::text[] IS NULL AND v.nspname <> 'public' THEN 'watch' ELSE 'bad' END AS severity,
       CASE WHEN t.can_invoke THEN t.invoke
            ELSE format('REVOKE SELECT ON %I.%I FROM %s;', v.nspname, v.relname, r.grantees) END AS fix,
       CASE WHEN t.can_invoke THEN t.uninvoke
            WHEN NOT r.by_column THEN format('GRANT SELECT ON %I.%I TO %s;', v.nspname, v.relname, r.grantees) END AS undo
FROM together AS t
JOIN view AS v ON v.oid = t.root
LEFT JOIN guarded AS g ON g.root = t.root
LEFT JOIN granted AS r ON r.oid = t.root
ORDER BY 1
