-- title: fsync is off
-- severity: bad
-- group: backup
-- kind: setting
-- about: fsync is off, so the server never makes sure that what it wrote has reached the disk. Information only on a server
--   that holds no table and no second database yet, and on Aurora and Neon, whose storage is another.
-- why: A crash of the machine or a power cut leaves a cluster that cannot be repaired, committed work and old data alike; only
--   a backup helps then.
-- evidence: off: a power cut ruins all
-- detail: After the change, pages written before it are still only in the cache of the operating system: run sync on
--   the host once. For speed without this danger, synchronous_commit = off loses at most the last moments. A cluster that
--   is thrown away anyway, as in a test, is one for a waiver.{from_where}
-- fix: ALTER SYSTEM SET {settable} = on;\nSELECT pg_reload_conf();
-- lock: no lock; a reload of the configuration. Commits become slower
-- concurrently: yes
-- references: https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-FSYNC; postgresqltuner fsync
WITH
-- with: origin
SELECT s.name AS object, CASE WHEN NOT storage.own THEN o.settable END AS settable, o.back || E'\nSELECT pg_reload_conf();' AS undo, o.from_where,
       CASE WHEN storage.own THEN 'info'
            WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c
                             WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't')
             AND NOT EXISTS (SELECT FROM pg_catalog.pg_database AS d
                             WHERE NOT d.datistemplate AND d.datname NOT IN ('postgres', current_database()))
            THEN 'info' END AS severity
FROM pg_catalog.pg_settings AS s
JOIN origin AS o ON o.name = s.name
CROSS JOIN (SELECT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = 'neon_superuser')
                OR to_regproc('pg_catalog.aurora_version') IS NOT NULL AS own) AS storage
WHERE s.name = 'fsync' AND s.setting = 'off'
