-- title: full_page_writes is off
-- severity: bad
-- group: backup
-- kind: setting
-- about: full_page_writes is off, so a page that was written by halves when the machine stopped cannot be restored from WAL.
--   Information only on a server that holds no table and no second database yet, and on Aurora and Neon,
--   whose storage is another.
-- why: After a crash of the machine some pages are half old and half new, and nothing says which; the damage shows weeks later.
-- evidence: off: torn pages stay torn
-- detail: It may be off only where the storage itself writes 8 kB blocks as a whole, as ZFS does with records of 8 kB or more;
--   SQL cannot see the storage. wal_compression = on takes back most of the WAL this costs. A base backup forces it on while
--   it runs.{from_where}
-- fix: ALTER SYSTEM SET {settable} = on;\nSELECT pg_reload_conf();
-- lock: no lock; a reload of the configuration. More WAL after each checkpoint
-- concurrently: yes
-- references: https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-FULL-PAGE-WRITES
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
WHERE s.name = 'full_page_writes' AND s.setting = 'off'
