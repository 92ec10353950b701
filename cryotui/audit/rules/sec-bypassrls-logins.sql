-- title: Logins past row security
-- severity: bad
-- group: security
-- kind: role
-- about: A role that may log in has BYPASSRLS and is no superuser. Of Supabase, its own roles are left out; a role that reads
--   all data for a backup (pg_read_all_data), or any where no table here has row security, is watch.
-- why: Row security does not exist for it: one stolen password or one forgotten WHERE and it reads the rows of every customer.
-- evidence: BYPASSRLS with LOGIN
-- detail: {advice}
-- fix: ALTER ROLE {object} NOBYPASSRLS;
-- undo: ALTER ROLE {object} BYPASSRLS;
-- lock: none; its next statements are checked
-- references: https://www.postgresql.org/docs/current/ddl-rowsecurity.html
SELECT format('%I', r.rolname) AS object, r.rolname::text AS "user",
       CASE WHEN reads.everything OR NOT secured.any THEN 'watch' END AS severity,
       CASE WHEN reads.everything
            THEN 'It reads all data, as a role for backups does; row_security = off in pg_dump needs BYPASSRLS. It must not be '
                 || 'the role of an application.'
            WHEN NOT secured.any THEN 'No table of this database has row security; those of other databases are not seen from here.'
            ELSE 'Give it policies of its own first, else the fix hides every row from it.' END AS advice
FROM pg_catalog.pg_roles AS r
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM pg_catalog.pg_roles AS g
                   WHERE g.rolname = 'pg_read_all_data' AND pg_has_role(r.oid, g.oid, 'MEMBER')) AS everything
) AS reads
CROSS JOIN (SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS t WHERE t.relrowsecurity AND t.oid >= 16384) AS "any") AS secured
CROSS JOIN (
    SELECT count(*) = 3 AS yes FROM pg_catalog.pg_roles AS p WHERE p.rolname IN ('anon', 'authenticated', 'service_role')
) AS platform
WHERE r.rolbypassrls AND r.rolcanlogin AND NOT r.rolsuper
  AND NOT (platform.yes AND (r.rolname = 'postgres' OR r.rolname LIKE 'supabase\_%'))
ORDER BY 1
