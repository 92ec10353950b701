-- title: Large database
-- severity: info
-- group: capacity
-- kind: database
-- about: This database has 500 GB or more on disk (watch: 2 TB).
-- why: From some size on a dump and its restore no longer fit a night, and a plan for backups, upgrades and old rows is due before it
--   is needed. What share of the disk is used is judged by cap-disk-space.
-- evidence: {size:size}, largest {largest:size}
-- detail: The largest tables with their indexes: {tables}. At this size take physical backups with WAL, and move old rows by partitions.
-- lock: none
-- cost: K1
-- parameters: gb=500.0 watch_gb=2048.0
-- references: https://www.postgresql.org/docs/current/diskusage.html; pghero database_size
WITH own AS MATERIALIZED (
    SELECT t.oid, t.relname, t.relnamespace,
           (t.relpages + coalesce(o.relpages, 0) + coalesce(x.pages, 0))::float8 * current_setting('block_size')::float8 AS size
    FROM pg_catalog.pg_class AS t
    LEFT JOIN pg_catalog.pg_class AS o ON o.oid = t.reltoastrelid AND t.reltoastrelid <> 0
    LEFT JOIN (
        SELECT i.indrelid, sum(c.relpages) AS pages
        FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid GROUP BY i.indrelid
    ) AS x ON x.indrelid = t.oid
    WHERE t.relkind IN ('r', 'm') AND t.oid >= 16384
), largest AS MATERIALIZED (
    SELECT o.* FROM own AS o WHERE o.size > 0 ORDER BY o.size DESC, o.oid LIMIT 3
), here AS MATERIALIZED (
    SELECT pg_database_size(current_database())::float8 AS size
)
SELECT 'database' AS object, h.size, coalesce((SELECT max(l.size) FROM largest AS l), 0) AS largest,
       coalesce((SELECT string_agg(format('%I.%I (%s)', n.nspname, l.relname, pg_size_pretty(l.size::numeric)), ', ' ORDER BY l.size DESC, l.oid)
                 FROM largest AS l JOIN pg_catalog.pg_namespace AS n ON n.oid = l.relnamespace), 'not counted yet') AS tables,
       CASE WHEN h.size >= $2::float8 * 1073741824 THEN 'watch' END AS severity
FROM here AS h
WHERE h.size >= $1::float8 * 1073741824
