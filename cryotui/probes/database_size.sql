-- title: Sizes of databases
-- about: Bytes on disk of each database. Every file is looked at, which takes time where there are many tables: asked every five
--   minutes. Unknown for a database this role may neither connect to nor read the statistics of.
-- key: database
-- units: size=bytes
-- needs: role:pg_read_all_stats
-- every: 300
-- timeout: 10
SELECT d.datname::text AS database,
       CASE WHEN has_database_privilege(d.oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE')
            THEN pg_database_size(d.oid) END AS size,
       d.datname = current_database() AS connected
FROM pg_database d
ORDER BY d.datname;
