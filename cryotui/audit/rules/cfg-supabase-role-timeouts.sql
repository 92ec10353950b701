-- title: API without time limit
-- severity: info
-- group: config
-- kind: setting
-- about: On Supabase a role of the API lost the time limit that the platform gave it (watch), or has a longer one: statement_timeout
--   of anon (3 s) and authenticated (8 s), lock_timeout of authenticator (8 s).
-- why: Anybody on the internet can send the slowest request of the API. The limits end it before it has taken the connections of all
--   others.
-- evidence: {evidence}
-- detail: The platform sets {usual} s. The API takes its roles' settings anew when it reloads its configuration: NOTIFY pgrst,
--   'reload config'. A request that needs longer belongs in a function with a limit of its own, or in a job.
-- shape: ALTER ROLE {role} SET {setting} = {seconds};
-- lock: none; read at the reload of the API, or by new sessions
-- concurrently: yes
-- parameters: anon=3 authenticated=8 lock=8
-- references: https://supabase.com/docs/guides/database/postgres/timeouts; https://docs.postgrest.org/en/stable/references/transactions.html
WITH wanted (role, name, most) AS (
    VALUES ('anon', 'statement_timeout', $1::int), ('authenticated', 'statement_timeout', $2::int),
           ('authenticator', 'lock_timeout', $3::int)
), held AS (
    SELECT w.*, r.oid,
           -- what is set for the role in this database comes first
           (SELECT substr(entry, strpos(entry, '=') + 1)
            FROM pg_catalog.pg_db_role_setting AS s CROSS JOIN unnest(s.setconfig) AS entry
            WHERE s.setrole = r.oid AND lower(split_part(entry, '=', 1)) = w.name
              AND s.setdatabase IN (0, (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()))
            ORDER BY s.setdatabase = 0 LIMIT 1) AS value,
           EXISTS (SELECT FROM pg_catalog.pg_db_role_setting AS s CROSS JOIN unnest(s.setconfig) AS entry
                   WHERE s.setrole = r.oid AND lower(split_part(entry, '=', 1)) = w.name
                     AND s.setdatabase = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())) AS here
    FROM wanted AS w
    JOIN pg_catalog.pg_roles AS r ON r.rolname = w.role
    -- the roles that make a database one of the platform's
    WHERE (SELECT count(*) FROM pg_catalog.pg_roles AS p WHERE p.rolname IN ('anon', 'authenticated', 'service_role', 'authenticator')) = 4
), measured AS (
    SELECT h.*, (regexp_match(h.value, '^\s*(\d+(?:\.\d+)?)'))[1]::float8
                * CASE coalesce((regexp_match(h.value, '(us|ms|s|min|h|d)\s*$'))[1], 'ms')
                       WHEN 'us' THEN 0.001 WHEN 'ms' THEN 1 WHEN 's' THEN 1000 WHEN 'min' THEN 60000 WHEN 'h' THEN 3600000
                       ELSE 86400000 END / 1000 AS seconds
    FROM held AS h
)
SELECT format('%s of %I', m.name, m.role) AS object, m.name, m.role, m.most AS usual, m.seconds,
       CASE WHEN m.value IS NULL THEN 'not set' WHEN coalesce(m.seconds, 0) <= 0 THEN 'no limit'
            ELSE left(m.value, 12) || ', usual ' || m.most || ' s' END AS evidence,
       CASE WHEN coalesce(m.seconds, 0) <= 0 THEN 'watch' END AS severity,
       format('ALTER ROLE %I%s SET %I = %L;', m.role, place.words, m.name, m.most || 's') AS fix,
       CASE WHEN m.value IS NULL THEN format('ALTER ROLE %I RESET %I;', m.role, m.name)
            ELSE format('ALTER ROLE %I%s SET %I = %L;', m.role, place.words, m.name, m.value) END AS undo
FROM measured AS m
CROSS JOIN LATERAL (SELECT CASE WHEN m.here THEN format(' IN DATABASE %I', current_database()) ELSE '' END AS words) AS place
WHERE coalesce(m.seconds, 0) <= 0 OR m.seconds > m.most
ORDER BY 1
