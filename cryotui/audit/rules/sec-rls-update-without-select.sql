-- title: UPDATE policy, no SELECT
-- severity: watch
-- group: security
-- kind: policy
-- about: A permissive policy lets a role UPDATE or DELETE rows, the role holds the right to, and no permissive policy for
--   SELECT or ALL admits that role. A policy for PUBLIC counts as served when any such policy is there. Without any right to
--   the command it is sec-rls-policy-without-grant.
-- why: A statement with a WHERE reads the rows first. Without a policy to read, it touches 0 rows and gives no error.
-- detail: {who} The fix lets them read the rows that they may change already.
-- lock: ACCESS EXCLUSIVE for a moment
-- cost: K1
-- references: https://www.postgresql.org/docs/current/sql-createpolicy.html#SQL-CREATEPOLICY-SUMMARY
WITH reading AS MATERIALIZED (
    SELECT p.polrelid, o AS role FROM pg_catalog.pg_policy AS p CROSS JOIN unnest(p.polroles) AS o
    WHERE p.polpermissive AND p.polcmd IN ('r', '*')
), writing AS MATERIALIZED (
    SELECT p.oid, p.polrelid, p.polname, p.polcmd, p.polqual, o AS role
    FROM pg_catalog.pg_policy AS p
    JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid AND t.relrowsecurity
    CROSS JOIN unnest(p.polroles) AS o
    WHERE p.polpermissive AND p.polcmd IN ('w', 'd') AND p.oid >= 16384
      AND NOT EXISTS (SELECT FROM reading AS s WHERE s.polrelid = p.polrelid AND s.role IN (0, o))
), blind AS (
    SELECT w.oid, w.polrelid, w.polname, w.polcmd, w.polqual,
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
    GROUP BY w.oid, w.polrelid, w.polname, w.polcmd, w.polqual
), p AS (
    SELECT b.*, n.nspname, t.relname, format('%I.%I', n.nspname, t.relname) AS relation,
           CASE b.polcmd WHEN 'w' THEN 'UPDATE' ELSE 'DELETE' END AS command,
           CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_locks AS l
                                 WHERE l.relation = b.polrelid AND l.mode = 'AccessExclusiveLock' AND l.granted
                                   AND l.pid <> pg_backend_pid()
                                   AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()))
                THEN pg_get_expr(b.polqual, b.polrelid) END AS condition,
           made.name
    FROM blind AS b
    JOIN pg_catalog.pg_class AS t ON t.oid = b.polrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    CROSS JOIN LATERAL (
        SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_policy AS x
                                 WHERE x.polrelid = b.polrelid AND x.polname = (b.polname || '_select')::name)
                    THEN ('select_' || b.oid)::name ELSE (b.polname || '_select')::name END AS name
    ) AS made
)
SELECT format('%s %I', p.relation, p.polname) AS object, p.polrelid::bigint AS oid,
       'pg_catalog.pg_policy'::regclass::oid::bigint AS classid, p.oid::bigint AS objid, p.nspname::text AS schema,
       p.relname::text AS "table", p.polname::text AS policy, p.names[1] || ' may ' || p.command || ' unseen' AS evidence,
       format('No policy lets %s read what this one lets them %s.', p.roles, p.command) AS who,
       CASE WHEN p.condition IS NOT NULL
            THEN format('CREATE POLICY %I ON %s FOR SELECT TO %s USING (%s);', p.name, p.relation, p.roles, p.condition) END AS fix,
       CASE WHEN p.condition IS NOT NULL THEN format('DROP POLICY %I ON %s;', p.name, p.relation) END AS undo
FROM p
ORDER BY 1
