-- title: Setting for some sessions
-- severity: info
-- group: config
-- kind: setting
-- about: A database or a role has its own value of a setting that changes what is safe (watch: commits that wait for nothing, triggers
--   and foreign keys that do not run, strings read the old way) or how queries are planned. Switched off methods are found by
--   cfg-planner-disabled, masked damage by bak-corruption-masking, time limits by cfg-timeouts-unset.
-- why: The same statement is then safe or quick for one user and not for another, and nobody finds the cause in the configuration of
--   the server.
-- evidence: {value}
-- detail: {harm} Keep it when somebody can say what it is for; sessions that are open keep their value.
-- shape: ALTER {role_or_database} RESET {setting};
-- lock: none; sessions take it when they connect
-- concurrently: yes
-- references: https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-SQL; https://www.postgresql.org/docs/current/view-pg-settings.html
WITH danger (name, bad_values, harm) AS (
    VALUES ('synchronous_commit', '{off,false,no,0,of,f,n,fa,fal,fals}'::text[],
            'A crash loses the last commits of these sessions, which were told that they are safe.'),
           ('session_replication_role', '{replica}', 'Triggers and foreign keys do not run in these sessions: rows get in that break them.'),
           ('standard_conforming_strings', '{off,false,no,0,of,f,n,fa,fal,fals}',
            'A backslash in a string escapes what follows, so quoting that is safe elsewhere lets SQL in.'),
           ('transform_null_equals', '{on,true,yes,1,t,y,tr,tru,ye}', 'x = NULL means x IS NULL in these sessions alone.'),
           ('array_nulls', '{off,false,no,0,of,f,n,fa,fal,fals}', 'NULL in the text of an array is a word in these sessions, not a null.')
), given AS MATERIALIZED (
    SELECT lower(split_part(entry, '=', 1)) AS name, substr(entry, strpos(entry, '=') + 1) AS value,
           CASE WHEN g.setrole = 0 AND g.setdatabase = 0 THEN 'ROLE ALL'
                WHEN g.setrole = 0 THEN format('DATABASE %I', d.datname)
                WHEN g.setdatabase = 0 THEN format('ROLE %I', r.rolname)
                ELSE format('ROLE %I IN DATABASE %I', r.rolname, d.datname) END AS scope
    FROM pg_catalog.pg_db_role_setting AS g
    CROSS JOIN unnest(g.setconfig) AS entry
    LEFT JOIN pg_catalog.pg_database AS d ON d.oid = g.setdatabase
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = g.setrole
)
SELECT format('%s of %s', g.name, g.scope) AS object, g.name, g.scope, left(g.value, 30) AS value,
       CASE WHEN d.name IN ('synchronous_commit', 'session_replication_role', 'standard_conforming_strings') THEN 'watch' END AS severity,
       format('It is set for %s. %s', g.scope, coalesce(d.harm, format('Plans of these sessions differ from those of all others: %s.',
                                                                      rtrim(s.short_desc, '.')))) AS harm,
       format('ALTER %s RESET %I;', g.scope, g.name) AS fix,
       format('ALTER %s SET %I = %L;', g.scope, g.name, g.value) AS undo
FROM given AS g
JOIN pg_catalog.pg_settings AS s ON s.name = g.name
LEFT JOIN danger AS d ON d.name = g.name AND lower(g.value) = ANY (d.bad_values)
WHERE d.name IS NOT NULL OR (s.category LIKE 'Query Tuning%' AND s.name NOT LIKE 'enable\_%')
ORDER BY 1
