-- title: Disk nearly full
-- severity: watch
-- group: capacity
-- kind: server
-- about: PostgreSQL's own files in the data directory (databases, WAL where this role may list it) take 80% (bad: 90%) of the
--   disk. No SQL tells the size of a disk or what else lies on it: the rule needs the limit disk_gb, and cannot check without.
-- why: With the disk full PostgreSQL stops: WAL cannot be written, so the server panics, and there is no room for the work that
--   would make room.
-- evidence: {share:percent} of {disk:size}
-- detail: Data {data:size}, WAL {wal:size}. Other files and other tablespaces are not seen from here: df on the server, or the
--   metric of the platform, tells what is free. What grows shows cap-growth-forecast; pg_wal can be held by a slot or the archive.
-- lock: none for what frees space outside of tables; VACUUM FULL takes ACCESS EXCLUSIVE and needs space first
-- cost: K2
-- parameters: disk_gb=0.0 watch=0.8 bad=0.9
-- references: https://www.postgresql.org/docs/current/disk-full.html; https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-DBOBJECT
SELECT 'data directory' AS object, NULL::text AS question,
       'free space of a disk is not seen by SQL; df on the server or the metric of the platform shows it, and with --limit '
       || 'cap-disk-space.disk_gb=SIZE the rule compares its own files with the disk' AS unknown,
       'setting' AS unknown_kind
WHERE $1::float8 <= 0
UNION ALL
SELECT 'data directory',
       format($body$
           SELECT t.data, t.wal, t.disk, (t.data + coalesce(t.wal, 0)) / t.disk AS share,
                  CASE WHEN (t.data + coalesce(t.wal, 0)) / t.disk >= %3$s THEN 'bad' END AS severity
           FROM (SELECT pg_tablespace_size('pg_default') + CASE WHEN %4$L::boolean THEN pg_tablespace_size('pg_global') ELSE 0 END
                            AS data,
                        %5$s AS wal, %1$s::float8 * 1073741824 AS disk) AS t
           WHERE (t.data + coalesce(t.wal, 0)) / t.disk >= %2$s
           $body$,
           $1::float8, $2::float8, $3::float8, pg_has_role('pg_read_all_stats', 'USAGE'),
           CASE WHEN has_function_privilege('pg_ls_waldir()', 'EXECUTE')
                THEN '(SELECT sum(w.size)::bigint FROM pg_ls_waldir() AS w)' ELSE 'NULL::bigint' END),
       NULL, NULL
WHERE $1::float8 > 0
