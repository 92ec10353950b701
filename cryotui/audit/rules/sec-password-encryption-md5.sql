-- title: Passwords are hashed by MD5
-- severity: bad
-- group: security
-- kind: setting
-- about: password_encryption is md5, for the whole server or for a role or a database.
-- why: A new password is stored as MD5 hash. Whoever gets hold of the hash logs in with it as it is, and finds the password
--   with little effort; support for it goes away.
-- evidence: password_encryption = md5
-- detail: {where} Passwords that are stored already stay as they are until they are set again.
-- shape: ALTER SYSTEM SET password_encryption = 'scram-sha-256';\nSELECT pg_reload_conf();\n-- or\nALTER
--   {role_or_database} RESET password_encryption;
-- lock: none; read at the reload, or by new sessions
-- references: https://www.postgresql.org/docs/current/auth-password.html;
--   https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-PASSWORD-ENCRYPTION
WITH
-- with: origin,
local AS (
    SELECT CASE WHEN s.setrole = 0 AND s.setdatabase = 0 THEN 'ROLE ALL'
                WHEN s.setrole = 0 THEN format('DATABASE %I', d.datname)
                WHEN s.setdatabase = 0 THEN format('ROLE %I', r.rolname)
                ELSE format('ROLE %I IN DATABASE %I', r.rolname, d.datname) END AS scope
    FROM pg_catalog.pg_db_role_setting AS s
    CROSS JOIN unnest(s.setconfig) AS entry
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
    LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase
    WHERE lower(entry) = 'password_encryption=md5'
)
SELECT s.name AS object, 'It holds for the whole server.' || o.from_where AS where,
       CASE WHEN o.settable IS NOT NULL
            THEN E'ALTER SYSTEM SET password_encryption = ''scram-sha-256'';\nSELECT pg_reload_conf();' END AS fix,
       o.back || E'\nSELECT pg_reload_conf();' AS undo,
       CASE WHEN s.source NOT IN ('default', 'configuration file', 'command line', 'environment variable')
            THEN 'a setting of this role, database or session hides the server-wide value' END AS unknown,
       'setting' AS unknown_kind
FROM pg_catalog.pg_settings AS s
JOIN origin AS o ON o.name = s.name
WHERE s.name = 'password_encryption'
  AND (s.setting = 'md5' OR s.source NOT IN ('default', 'configuration file', 'command line', 'environment variable'))
UNION ALL
SELECT 'password_encryption of ' || l.scope, format('It is set for %s.', l.scope),
       format('ALTER %s RESET password_encryption;', l.scope),
       format('ALTER %s SET password_encryption = ''md5'';', l.scope), NULL, NULL
FROM local AS l
ORDER BY 1
