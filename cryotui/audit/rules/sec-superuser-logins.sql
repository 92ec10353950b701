-- title: Superusers that log in
-- severity: watch
-- group: security
-- kind: role
-- about: A superuser that may log in, beyond the expected number of them (1, the oldest); Supabase's own one
--   is left out.
-- why: A superuser passes every check, reads every file the server may read and runs programs on its machine. An application
--   or a person that needs less and has it all makes any stolen password the worst one.
-- evidence: superuser with LOGIN
-- detail: {advice}
-- fix: ALTER ROLE {object} NOSUPERUSER;
-- undo: ALTER ROLE {object} SUPERUSER;
-- lock: none; what runs goes on, and its next statements are checked
-- parameters: expected=1
-- references: https://www.postgresql.org/docs/current/role-attributes.html
SELECT format('%I', r.rolname) AS object, r.rolname::text AS "user",
       CASE WHEN r.rolname = current_user THEN 'It is the role of this audit. ' ELSE '' END
       || CASE WHEN r.rolvaliduntil < now() THEN 'Its password has expired; other ways in need none. ' ELSE '' END
       || 'Grant it what its work needs before the fix; it keeps what it owns.' AS advice
FROM (SELECT s.*, row_number() OVER (ORDER BY s.oid) AS place
      FROM pg_catalog.pg_roles AS s WHERE s.rolsuper AND s.rolcanlogin) AS r
CROSS JOIN (
    SELECT count(*) = 3 AS yes FROM pg_catalog.pg_roles AS p WHERE p.rolname IN ('anon', 'authenticated', 'service_role')
) AS platform
WHERE r.place > $1::bigint AND NOT (platform.yes AND r.rolname = 'supabase_admin')
ORDER BY 1
