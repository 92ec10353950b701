-- title: Sort order has changed
-- severity: bad
-- group: integrity
-- kind: database
-- about: The version of the database's collation, as recorded, is not the one the operating system or ICU gives now. Info
--   while no index sorts by it.
-- why: Indexes over text were sorted by the old rules: look-ups miss rows that are there, unique indexes let duplicates in,
--   and nothing says so.
-- evidence: {recorded} then, {actual} now
-- detail: {indexes:count} indexes sort by it: {first}. Rebuild them, then record the new version. Range partitions and checks over
--   text follow the same order: see them too.
-- shape: REINDEX INDEX CONCURRENTLY {index};\n-- or\nREINDEX DATABASE CONCURRENTLY {database};\nALTER DATABASE
--   {database} REFRESH COLLATION VERSION;
-- lock: SHARE UPDATE EXCLUSIVE on one table after the other; reads and writes go on
-- concurrently: yes
-- since: 15
-- references: https://www.postgresql.org/docs/current/sql-altercollation.html; https://wiki.postgresql.org/wiki/Locale_data_changes
WITH changed AS MATERIALIZED (
    SELECT d.oid, d.datname, d.datcollversion AS recorded, pg_database_collation_actual_version(d.oid) AS actual
    FROM pg_catalog.pg_database AS d
    -- without a record there is nothing to compare, as in C and POSIX
    WHERE d.datname = current_database() AND d.datcollversion IS NOT NULL
      AND d.datcollversion IS DISTINCT FROM pg_database_collation_actual_version(d.oid)
), affected AS (
    SELECT format('%I.%I', n.nspname, i.relname) AS index
    FROM changed
    CROSS JOIN pg_catalog.pg_index AS x
    JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid AND i.relkind = 'i' AND i.relpersistence <> 't'
    JOIN pg_catalog.pg_namespace AS n ON n.oid = i.relnamespace
    -- 100 is the database's own
    WHERE x.indexrelid >= 16384 AND 100 = ANY (x.indcollation::oid[])
), told AS (
    SELECT count(*) AS indexes, (array_agg(a.index ORDER BY a.index))[1:3] AS first,
           string_agg(format('REINDEX INDEX CONCURRENTLY %s;', a.index), E'\n' ORDER BY a.index) AS rebuild
    FROM affected AS a
)
SELECT quote_ident(c.datname) AS object, c.datname::text AS database, c.recorded, coalesce(c.actual, 'none') AS actual, t.indexes,
       coalesce(array_to_string(t.first, ', ') || CASE WHEN t.indexes > 3 THEN ' ...' ELSE '' END, 'none') AS first,
       'pg_catalog.pg_database'::regclass::oid::bigint AS classid, c.oid::bigint AS objid,
       CASE WHEN t.indexes = 0 THEN 'info' END AS severity,
       -- a version that is not known any more cannot be recorded
       CASE WHEN c.actual IS NOT NULL THEN concat_ws(E'\n', CASE WHEN t.indexes > 50 THEN format('REINDEX DATABASE CONCURRENTLY %I;', c.datname) ELSE t.rebuild END,
                 format('ALTER DATABASE %I REFRESH COLLATION VERSION;', c.datname)) END AS fix
FROM changed AS c
CROSS JOIN told AS t
