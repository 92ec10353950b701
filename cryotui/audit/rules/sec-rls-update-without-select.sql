-- title: UPDATE policy, no SELECT
-- severity: watch
-- group: security
-- kind: policy
-- about: A permissive policy lets a role UPDATE or DELETE rows, the role holds the right to, and no permissive policy for
--   SELECT or ALL admits that role. A policy for PUBLIC counts as served when any such policy is there. Without any right to
--   the command it is sec-rls-policy-without-grant.
-- why: A statement with a WHERE reads the rows first. Without a policy to read, it touches 0 rows and gives no error.
-- detail: {who} Where they are meant to see the rows that they may change, they need a policy FOR SELECT with the same
--   condition; else the policy does nothing. No SQL is given, as it would open the table for reading.
-- references: https://www.postgresql.org/docs/current/sql-createpolicy.html#SQL-CREATEPOLICY-SUMMARY
WITH reading AS MATERIALIZED (
    SELECT p.polrelid, o AS role FROM pg_catalog.pg_policy AS p CROSS JOIN unnest(p.polroles) AS o
    WHERE p.polpermissive AND p.polcmd IN ('r', '*')
), writing AS MATERIALIZED (
    SELECT p.oid, p.polrelid, p.polname, p.polcmd, o AS role
    FROM pg_catalog.pg_policy AS p
    JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid AND t.relrowsecurity
    CROSS JOIN unnest(p.polroles) AS o
    WHERE p.polpermissive AND p.polcmd IN ('w', 'd') AND p.oid >= 16384
      AND NOT EXISTS (SELECT FROM reading AS s WHERE s.polrelid = p.polrelid AND s.role IN (0, o))
), blind AS (
    SELECT w.oid, w.polrelid, w.polname, w.polcmd,
           array_agg(coalesce(r.rolname::text, 'PUBLIC') ORDER BY r.rolname NULLS FIRST) AS names,
           string_agg(coalesce(quote_ident(r.rolname), 'PUBLIC'), ', ' ORDER BY r.rolname NULLS FIRST) AS roles
    FROM writing AS w
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = w.role
    WHERE CASE WHEN w.role = 0 THEN NOT EXISTS (SELECT FROM reading AS s WHERE s.polrelid = w.polrelid)
               ELSE NOT (r.rolsuper OR r.rolbypassrls)
                    AND (w.polcmd = 'w' AND has_any_column_privilege(w.role, w.polrelid, 'UPDATE')
                         OR w.polcmd = 'd' AND has_table_privilege(w.role, w.polrelid, 'DELETE'))
                    AND NOT EXISTS (SELECT FROM reading AS s WHERE s.polrelid = w.polrelid
                                    AND pg_has_role(w.role, s.role, 'USAGE')) END
    GROUP BY w.oid, w.polrelid, w.polname, w.polcmd
), p AS (
    SELECT b.*, n.nspname, t.relname, format('%I.%I', n.nspname, t.relname) AS relation,
           CASE b.polcmd WHEN 'w' THEN 'UPDATE' ELSE 'DELETE' END AS command
    FROM blind AS b
    JOIN pg_catalog.pg_class AS t ON t.oid = b.polrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
)
SELECT format('%s %I', p.relation, p.polname) AS object, p.polrelid::bigint AS oid,
       'pg_catalog.pg_policy'::regclass::oid::bigint AS classid, p.oid::bigint AS objid, p.nspname::text AS schema,
       p.relname::text AS "table", p.polname::text AS policy, p.names[1] || ' may ' || p.command || ' unseen' AS evidence,
       format('No policy lets %s read what this one lets them %s.', p.roles, p.command) AS who
FROM p
ORDER BY 1
