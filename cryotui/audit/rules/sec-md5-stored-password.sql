-- title: Password stored as MD5
-- severity: bad
-- group: security
-- kind: role
-- about: The stored password of a role is an MD5 hash. For a role that may not log in it is info.
-- why: The hash itself opens the door: whoever reads it in a backup logs in with it. Support for MD5 passwords goes away.
-- detail: No SQL, as only its user knows the password. Set password_encryption to scram-sha-256, let the user set the password
--   again (\password in psql), then ask for scram-sha-256 in pg_hba.conf.{more}
-- lock: none
-- needs: superuser
-- references: https://www.postgresql.org/docs/current/auth-password.html
SELECT format('%I', a.rolname) AS object, a.rolname::text AS "user",
       CASE WHEN a.rolcanlogin THEN 'MD5 hash, may log in' ELSE 'MD5 hash, no LOGIN' END AS evidence,
       CASE WHEN a.rolvaliduntil < now() THEN ' This one has expired.' ELSE '' END AS more,
       CASE WHEN NOT a.rolcanlogin OR a.rolvaliduntil < now() THEN 'info' END AS severity
FROM pg_catalog.pg_authid AS a
WHERE a.rolpassword LIKE 'md5%'
ORDER BY 1
