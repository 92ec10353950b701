-- title: A dump leaves this out
-- severity: info
-- group: backup
-- kind: database
-- about: What a dump of this database does not hold, or holds only when it is asked for: roles, tablespaces, settings of the
--   database, large objects, rows of foreign and unlogged tables, subscriptions; and (watch) rows of tables that belong to an
--   extension which does not have them dumped, secrets of a vault, the platform's own schemas.
-- why: The restore ends without an error and the application does not start, or starts without part of its data.
-- detail: {advice}
-- lock: no lock
-- references: https://www.postgresql.org/docs/current/app-pgdump.html; https://www.postgresql.org/docs/current/app-pg-dumpall.html
WITH member AS MATERIALIZED (
    SELECT d.objid, e.extname, e.extconfig
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e'
), undumped AS (
    SELECT m.extname, count(*) AS tables, string_agg(format('%I.%I', n.nspname, t.relname), ', ' ORDER BY n.nspname, t.relname) AS names
    FROM member AS m
    JOIN pg_catalog.pg_class AS t ON t.oid = m.objid AND t.relkind = 'r' AND t.relpersistence = 'p'
     AND (t.reltuples > 0 OR t.relpages > 0)
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE NOT coalesce(t.oid = ANY (m.extconfig), false)
      AND NOT (n.nspname = 'vault' AND t.relname = 'secrets')
    GROUP BY m.extname
), kind AS MATERIALIZED (
    SELECT count(*) FILTER (WHERE t.relkind = 'f') AS foreign_tables,
           count(*) FILTER (WHERE t.relpersistence = 'u' AND t.relkind = 'r'
                                  AND t.oid NOT IN (SELECT m.objid FROM member AS m)) AS unlogged,
           count(*) FILTER (WHERE n.nspname = 'vault' AND t.relname = 'secrets' AND t.relkind = 'r' AND t.reltuples <> 0) AS vaults,
           string_agg(format('%I', n.nspname), ', ' ORDER BY n.nspname)
               FILTER (WHERE t.relkind = 'r' AND (n.nspname, t.relname) IN (('auth', 'users'), ('storage', 'objects'))) AS platform
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE t.oid >= 16384 AND t.relkind IN ('r', 'f')
), globals AS (
    SELECT (SELECT count(*) FROM pg_catalog.pg_roles AS r WHERE r.oid >= 16384) AS roles,
           (SELECT count(*) FROM pg_catalog.pg_tablespace AS s WHERE s.oid >= 16384) AS spaces,
           (SELECT coalesce(sum(cardinality(g.setconfig)), 0) FROM pg_catalog.pg_db_role_setting AS g
            WHERE g.setdatabase = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())) AS settings,
           (SELECT count(*) FROM pg_catalog.pg_subscription AS s
            WHERE s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())) AS subscriptions,
           EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata AS l) AS large_objects,
           EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = 'supabase_admin') AS platform
), found AS (
    SELECT 'roles and tablespaces' AS object, NULL::text AS severity,
           concat_ws(', ', CASE g.roles WHEN 0 THEN NULL WHEN 1 THEN '1 role' ELSE g.roles || ' roles' END,
                     CASE g.spaces WHEN 0 THEN NULL WHEN 1 THEN '1 tablespace' ELSE g.spaces || ' tablespaces' END) AS evidence,
           'Passwords, memberships and owners are the cluster''s: keep pg_dumpall --globals-only beside each dump.' AS advice
    FROM globals AS g WHERE g.roles + g.spaces > 0
    UNION ALL
    SELECT 'settings of the database', NULL, format('%s only with --create', g.settings),
           'ALTER DATABASE SET and ALTER ROLE IN DATABASE SET are in a dump only with pg_dump --create, and in pg_dumpall.'
    FROM globals AS g WHERE g.settings > 0
    UNION ALL
    SELECT 'large objects', NULL, 'not in a dump of parts',
           'A dump with --schema or --table leaves large objects out; --blobs (--large-objects from 16 on) takes them in.'
    FROM globals AS g WHERE g.large_objects
    UNION ALL
    SELECT 'subscriptions', NULL, 'come back switched off',
           'Only a superuser''s dump holds them; after a restore they are disabled and need a slot and a first copy that fit.'
    FROM globals AS g WHERE g.subscriptions > 0
    UNION ALL
    SELECT 'foreign tables', NULL, format('%s without their rows', k.foreign_tables),
           'Their rows stay on the foreign server unless the dump is made with --include-foreign-data.'
    FROM kind AS k WHERE k.foreign_tables > 0
    UNION ALL
    SELECT 'unlogged tables', NULL, format('%s only from the primary', k.unlogged),
           'A dump of a standby, a base backup and a restore to a point in time have them without rows.'
    FROM kind AS k WHERE k.unlogged > 0
    UNION ALL
    SELECT 'secrets of the vault', 'watch', 'the root key is not in it',
           'The dump holds vault.secrets encrypted; the key is kept outside of the database and must be saved apart.'
    FROM kind AS k WHERE k.vaults > 0
    UNION ALL
    SELECT 'schemas of the platform', 'watch', 'platform dumps lack their rows',
           format('supabase db dump leaves out schemas it looks after, users and files with them (%s): use pg_dump with these '
                  'schemas named, and copy the files of storage apart.', k.platform)
    FROM kind AS k CROSS JOIN globals AS g WHERE g.platform AND k.platform IS NOT NULL
    UNION ALL
    SELECT format('extension %I', u.extname), 'watch',
           CASE u.tables WHEN 1 THEN 'rows of 1 table' ELSE format('rows of %s tables', u.tables) END,
           format('The extension owns them and does not register them with pg_extension_config_dump, so a dump holds no row: %s. '
                  'Copy them with COPY beside each dump.', left(u.names, 300))
    FROM undumped AS u
)
SELECT f.object, f.severity, f.evidence, f.advice
FROM found AS f
ORDER BY 1
