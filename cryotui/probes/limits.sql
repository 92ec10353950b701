-- title: Limits of connections
-- about: How many connections the server, each limited database and each limited role may have. Superusers are held by none
--   but the server's. The server's limit is what is left for ordinary roles after the reserved ones.
-- key: kind name
-- every: 30
SELECT 'server' AS kind,
       'server' AS name,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - coalesce(current_setting('reserved_connections', true)::int, 0) AS connection_limit,
       current_setting('max_connections')::int AS max_connections,
       current_setting('superuser_reserved_connections')::int
         + coalesce(current_setting('reserved_connections', true)::int, 0) AS reserved
UNION ALL
SELECT 'database', datname::text, datconnlimit, NULL, NULL
FROM pg_database
WHERE datconnlimit >= 0
UNION ALL
SELECT 'role', rolname::text, rolconnlimit, NULL, NULL
FROM pg_roles
WHERE rolconnlimit >= 0 AND NOT rolsuper
ORDER BY 1, 2;
