-- title: No time limit for sessions
-- severity: watch
-- group: config
-- kind: setting
-- about: statement_timeout, idle_in_transaction_session_timeout or lock_timeout is 0 for a login role at every level: server,
--   database, role, role in this database. From 17 on a transaction_timeout stands in for each of them. A 0 that somebody has
--   set for the role is a decision; superusers count only when there is no other login, Supabase's own roles never. Information
--   only for lock_timeout, and in a database without a table.
-- why: One forgotten transaction holds its locks and keeps vacuum from cleaning up; one runaway statement takes the machine.
--   Without a limit both last until somebody looks.
-- evidence: {open} of {logins} logins unlimited
-- detail: {names}. The fix holds for new sessions of this database; a role that needs longer gets a value of its own.
-- shape: ALTER DATABASE {database} SET {setting} = {time};
-- lock: none; new sessions get it
-- references: https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-IN-TRANSACTION-SESSION-TIMEOUT
WITH stake AS (
    -- a database without a table of its own has nothing to lose yet, whatever else the server holds
    SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS t
                   WHERE t.oid >= 16384 AND t.relkind IN ('r', 'p', 'm') AND t.relpersistence <> 't') AS data
), login AS (
    SELECT r.oid, r.rolname, r.rolsuper, bool_and(r.rolsuper) OVER () AS only_superusers
    FROM pg_catalog.pg_roles AS r
    CROSS JOIN (
        SELECT count(*) = 3 AS yes FROM pg_catalog.pg_roles AS p WHERE p.rolname IN ('anon', 'authenticated', 'service_role')
    ) AS platform
    WHERE r.rolcanlogin AND NOT (platform.yes AND r.rolname LIKE 'supabase\_%')
), here AS (
    SELECT s.setrole, split_part(entry, '=', 1) AS name, substr(entry, strpos(entry, '=') + 1) AS value,
           -- what is nearer to the session wins
           CASE WHEN s.setrole <> 0 AND s.setdatabase <> 0 THEN 1 WHEN s.setrole <> 0 THEN 2
                WHEN s.setdatabase <> 0 THEN 3 ELSE 4 END AS place
    FROM pg_catalog.pg_db_role_setting AS s
    CROSS JOIN unnest(s.setconfig) AS entry
    WHERE entry ~ '^(statement|lock|transaction|idle_in_transaction_session)_timeout='
      AND s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))
), server AS (
    SELECT s.name, s.reset_val,
           -- the value this session began with is the server's unless something nearer replaced it
           EXISTS (SELECT FROM here AS h WHERE h.name = s.name
                     AND h.setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = session_user))) AS replaced
    FROM pg_catalog.pg_settings AS s
    WHERE s.name IN ('statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout')
), effective AS (
    SELECT l.oid, l.rolname, s.name,
           coalesce(near.value, CASE WHEN NOT s.replaced THEN s.reset_val END) AS value,
           coalesce(near.place IN (1, 2), false) AS decided
    FROM login AS l
    CROSS JOIN server AS s
    LEFT JOIN LATERAL (
        SELECT h.value, h.place FROM here AS h
        WHERE h.name = s.name AND h.setrole IN (0, l.oid) ORDER BY h.place LIMIT 1
    ) AS near ON true
    WHERE l.only_superusers OR NOT l.rolsuper
), verdict AS (
    -- null where only the server-wide value would tell
    SELECT e.name, e.rolname,
           NOT e.decided AND e.value ~ '^0+[a-z]*$'
               AND CASE WHEN whole.oid IS NULL THEN true ELSE whole.value ~ '^0+[a-z]*$' END AS open
    FROM effective AS e
    LEFT JOIN effective AS whole ON whole.oid = e.oid AND whole.name = 'transaction_timeout'
    WHERE e.name <> 'transaction_timeout'
), counted AS (
    SELECT v.name, count(*) AS logins, count(*) FILTER (WHERE v.open) AS open,
           count(*) FILTER (WHERE v.open IS NULL) AS hidden,
           (array_agg(quote_ident(v.rolname) ORDER BY v.rolname) FILTER (WHERE v.open)) AS names
    FROM verdict AS v GROUP BY v.name
)
SELECT c.name AS object, c.open, c.logins,
       CASE WHEN c.name = 'lock_timeout' OR NOT (SELECT data FROM stake) THEN 'info' END AS severity,
       array_to_string(c.names[1:3], ', ') || CASE WHEN c.open > 3 THEN format(' and %s more', c.open - 3) ELSE '' END AS names,
       format('ALTER DATABASE %I SET %I = %L;', current_database(), c.name,
              CASE c.name WHEN 'statement_timeout' THEN '1h' WHEN 'lock_timeout' THEN '1min' ELSE '10min' END) AS fix,
       format('ALTER DATABASE %I RESET %I;', current_database(), c.name) AS undo,
       CASE WHEN c.open = 0 THEN 'a setting of the role of this session hides the server-wide value' END AS unknown,
       'setting' AS unknown_kind
FROM counted AS c
WHERE c.open > 0 OR c.hidden > 0
ORDER BY 1
