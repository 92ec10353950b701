-- title: Data checksums are off
-- severity: watch
-- group: backup
-- kind: setting
-- about: The cluster has no data checksums, and holds tables here or other databases.
-- why: A page that the storage damaged is read as if it were sound: it is copied into every backup and every standby until no
--   good copy is left.
-- evidence: off: damage goes unseen
-- detail: pg_checksums --enable reads and writes every page while the server is stopped; with a standby, switch over and do one
--   after the other. New clusters have them with initdb --data-checksums, from 18 on without asking. A file system with
--   checksums of its own sees most of the same; SQL cannot see it.
-- lock: the server is stopped while pg_checksums runs
-- parameters: holds=1
-- references: https://www.postgresql.org/docs/current/checksums.html; pgdsat 1.4.3
SELECT s.name AS object
FROM pg_catalog.pg_settings AS s
WHERE s.name = 'data_checksums' AND s.setting = 'off'
  AND $1::bigint <= (SELECT count(*) FROM pg_catalog.pg_class AS c
                     WHERE c.oid >= 16384 AND c.relkind IN ('r', 'm') AND c.relpersistence <> 't')
                  + (SELECT count(*) FROM pg_catalog.pg_database AS d
                     WHERE NOT d.datistemplate AND d.datname NOT IN ('postgres', current_database()))
