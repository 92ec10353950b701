-- title: Damaged pages are masked
-- severity: bad
-- group: backup
-- kind: setting
-- about: zero_damaged_pages, ignore_checksum_failure or ignore_invalid_pages is on for the server, a database or a role.
-- why: A damaged page is emptied or read as it is, without an error: rows vanish, the next backup keeps the loss and the
--   damaged original is overwritten.
-- evidence: on: {harm}
-- detail: It is made for one salvage, in one session, on a copy. Turn it off, then look for damage with pg_amcheck, and keep the
--   backups that are older.{from_where}
-- shape: ALTER SYSTEM SET {setting} = off;\nSELECT pg_reload_conf();\n-- or\nALTER {role_or_database} RESET
--   {setting};
-- lock: no lock; a reload of the configuration
-- concurrently: yes
-- references: https://www.postgresql.org/docs/current/runtime-config-developer.html#GUC-ZERO-DAMAGED-PAGES
WITH
-- with: origin,
mask (name, harm) AS (
    VALUES ('zero_damaged_pages', 'damaged pages are emptied'),
           ('ignore_checksum_failure', 'damage is read as data'),
           ('ignore_invalid_pages', 'lost pages are skipped')
), here AS (
    SELECT m.name AS object, m.name, m.harm,
           format(E'ALTER SYSTEM SET %I = off;\nSELECT pg_reload_conf();', o.settable) AS fix, o.settable, o.from_where,
           o.back || E'\nSELECT pg_reload_conf();' AS undo, s.context = 'postmaster' AS restart
    FROM mask AS m
    JOIN pg_catalog.pg_settings AS s ON s.name = m.name AND s.setting = 'on'
    JOIN origin AS o ON o.name = s.name
    WHERE s.source NOT IN ('global', 'database', 'user', 'database user', 'client', 'session')
), given AS (
    SELECT m.name || CASE WHEN d.oid IS NOT NULL THEN ' of database ' || quote_ident(d.datname) ELSE '' END
                  || CASE WHEN r.oid IS NOT NULL THEN ' of role ' || quote_ident(r.rolname) ELSE '' END AS object,
           m.name, m.harm,
           CASE WHEN g.setrole = 0 AND g.setdatabase = 0 THEN 'ALTER ROLE ALL'
                WHEN g.setrole = 0 THEN format('ALTER DATABASE %I', d.datname)
                WHEN g.setdatabase = 0 THEN format('ALTER ROLE %I', r.rolname)
                ELSE format('ALTER ROLE %I IN DATABASE %I', r.rolname, d.datname) END AS change
    FROM pg_catalog.pg_db_role_setting AS g
    CROSS JOIN unnest(g.setconfig) AS entry
    JOIN mask AS m ON m.name = lower(split_part(entry, '=', 1))
    LEFT JOIN pg_catalog.pg_database AS d ON d.oid = g.setdatabase
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = g.setrole
    WHERE lower(substr(entry, strpos(entry, '=') + 1)) IN ('on', 'true', 'yes', '1', 't', 'y', 'tr', 'tru', 'ye')
)
SELECT h.object, h.harm, CASE WHEN h.settable IS NOT NULL THEN h.fix END AS fix, h.undo, h.from_where,
       CASE WHEN h.restart THEN 'a restart of the server' END AS lock
FROM here AS h
UNION ALL
SELECT g.object, g.harm, format('%s RESET %I;', g.change, g.name), format('%s SET %I = on;', g.change, g.name),
       '',
       'no lock; sessions take it when they connect'
FROM given AS g
ORDER BY 1
