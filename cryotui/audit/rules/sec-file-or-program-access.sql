-- title: Files or programs of server
-- severity: bad
-- group: security
-- kind: role
-- about: A role that is no superuser and belongs, over any number of steps, to pg_execute_server_program,
--   pg_write_server_files or pg_read_server_files (watch: backups may need it), or that may execute a function which reads or
--   writes files of the server (pg_read_file, pg_ls_dir, lo_import, lo_export and their like).
-- why: COPY TO PROGRAM is a shell as the server's own user, and files lead there: such a role is a superuser with one detour.
-- detail: {way} {advice}
-- shape: REVOKE EXECUTE ON FUNCTION {function} FROM {roles};\n-- or\nREVOKE {role} FROM {member};
-- lock: none; the next statements of its sessions are checked
-- references: https://www.postgresql.org/docs/current/predefined-roles.html;
--   https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-GENFILE
WITH RECURSIVE edge AS (
    -- from 16 on a membership may be without effect
    SELECT m.member, m.roleid
    FROM pg_catalog.pg_auth_members AS m
    WHERE coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true) OR coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)
), above AS (
    SELECT e.member, e.roleid AS direct, e.roleid AS reached
    FROM edge AS e JOIN pg_catalog.pg_roles AS r ON r.oid = e.member AND NOT r.rolsuper AND r.oid >= 16384
    UNION
    SELECT a.member, a.direct, e.roleid FROM above AS a JOIN edge AS e ON e.member = a.reached
), member AS (
    SELECT m.rolname AS member, p.rolname AS reached,
           string_agg(DISTINCT quote_ident(d.rolname), ', ') AS direct
    FROM above AS a
    JOIN pg_catalog.pg_roles AS m ON m.oid = a.member
    JOIN pg_catalog.pg_roles AS d ON d.oid = a.direct
    JOIN pg_catalog.pg_roles AS p ON p.oid = a.reached
     AND p.rolname IN ('pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files')
    GROUP BY m.rolname, p.rolname
), file_function AS (
    SELECT p.oid, format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS signature, p.proname,
           a.grantee, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(g.rolname) END AS name
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace AND n.nspname = 'pg_catalog'
    CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
    LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = a.grantee
    WHERE p.proname IN ('pg_read_file', 'pg_read_binary_file', 'pg_ls_dir', 'pg_stat_file', 'pg_file_write', 'pg_file_read',
                        'pg_file_rename', 'pg_file_unlink', 'pg_file_sync', 'lo_import', 'lo_export')
      AND a.privilege_type = 'EXECUTE' AND (a.grantee = 0 OR (a.grantee >= 16384 AND NOT g.rolsuper))
)
SELECT format('%I: %I', m.member, m.reached) AS object, m.member::text AS "user",
       CASE m.reached WHEN 'pg_execute_server_program' THEN 'runs programs of the machine'
                      WHEN 'pg_write_server_files' THEN 'writes files of the server' ELSE 'reads files of the server' END AS evidence,
       format('Member of %s.', m.direct) AS way,
       'A role for backups may need to read; let nobody else log in as it.' AS advice,
       CASE m.reached WHEN 'pg_read_server_files' THEN 'watch' END AS severity, 'role' AS kind,
       format('REVOKE %s FROM %I;', m.direct, m.member) AS fix, format('GRANT %s TO %I;', m.direct, m.member) AS undo
FROM member AS m
UNION ALL
SELECT format('%s: %s', f.name, f.signature), CASE WHEN f.grantee <> 0 THEN f.name END, 'calls ' || f.proname,
       CASE f.grantee WHEN 0 THEN 'Every role may execute it.' ELSE format('%s may execute it.', f.name) END,
       'As the server is made, only superusers may.',
       CASE WHEN f.grantee <> 0 AND f.proname IN ('pg_ls_dir', 'pg_stat_file') THEN 'watch' END, 'function',
       format('REVOKE EXECUTE ON FUNCTION %s FROM %s;', f.signature, f.name),
       format('GRANT EXECUTE ON FUNCTION %s TO %s;', f.signature, f.name)
FROM file_function AS f
ORDER BY 1
