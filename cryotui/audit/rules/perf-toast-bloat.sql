-- title: TOAST bloat
-- severity: watch
-- group: performance
-- kind: table
-- about: The TOAST table, where long values lie, has 1 GB or more, 40% of it or more is free or dead, as pgstattuple_approx
--   measures it, and its rows are deleted or replaced. The 20 largest are measured. The heap itself is judged by perf-table-bloat.
-- why: Backups, vacuum and the disk carry the empty part. Vacuum makes it usable again but gives it back only at the end of the
--   file, so what came once stays.
-- evidence: {empty:percent} of {size:size} empty
-- detail: {free:size} are free, {dead:size} dead; {deleted:count} pieces were deleted since the counters began. See first why vacuum
--   was late. pg_repack rewrites the table with it while it is used; VACUUM (FULL, ANALYZE) {object} needs ACCESS EXCLUSIVE for as
--   long as it takes, so no fix is offered.
-- lock: ACCESS EXCLUSIVE for VACUUM FULL, for as long as the table is rewritten; nearly none for pg_repack
-- cost: K4
-- certainty: counted
-- needs: primary setting:track_counts
-- parameters: gb=1.0 share=0.4 deleted=0.05 most=20
-- references: https://www.postgresql.org/docs/current/storage-toast.html; https://www.postgresql.org/docs/current/pgstattuple.html
WITH large AS MATERIALIZED (
    SELECT t.oid, t.relname, t.relnamespace, o.oid AS toast, o.relname AS toast_name, o.relpages, o.relallvisible,
           pg_stat_get_tuples_deleted(o.oid) AS deleted,
           row_number() OVER (ORDER BY o.relpages DESC, t.oid) AS place
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_class AS o ON o.oid = t.reltoastrelid
    WHERE t.relkind IN ('r', 'm') AND t.relpersistence <> 't' AND t.oid >= 16384 AND o.relpages > 0
      AND o.relpages * current_setting('block_size')::bigint >= $1::float8 * 1073741824
      -- a value that is replaced or gone deletes its pieces; what only grows cannot be empty
      AND pg_stat_get_tuples_deleted(o.oid) > 0 AND pg_stat_get_tuples_deleted(o.oid) >= $3::float8 * greatest(o.reltuples, 0)
), measuring AS MATERIALIZED (
    SELECT p.oid, n.nspname, has_function_privilege(p.oid, 'EXECUTE') AND has_schema_privilege(n.oid, 'USAGE') AS allowed
    FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
     AND d.classid = 'pg_catalog.pg_proc'::regclass
    JOIN pg_catalog.pg_proc AS p ON p.oid = d.objid AND p.proname = 'pgstattuple_approx'
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE e.extname = 'pgstattuple'
)
SELECT format('%I.%I', n.nspname, l.relname) AS object, l.oid::bigint AS oid, n.nspname::text AS schema, l.relname::text AS "table",
       l.toast_name::text AS toast, l.deleted,
       CASE WHEN m.oid IS NULL THEN 'pgstattuple measures it, and that extension is not in this database'
            WHEN NOT m.allowed THEN quote_ident(current_user) || ' may not call pgstattuple_approx'
            WHEN l.place > $4::bigint THEN 'beyond the first ' || $4::bigint || ', the limit most of this rule' END AS unknown,
       CASE WHEN m.oid IS NULL THEN 'extension' WHEN NOT m.allowed THEN 'privilege' ELSE 'budget' END AS unknown_kind,
       CASE WHEN m.oid IS NULL THEN 'CREATE EXTENSION pgstattuple;'
            WHEN NOT m.allowed THEN format('GRANT USAGE ON SCHEMA %I TO %I; GRANT pg_stat_scan_tables TO %I;', m.nspname, current_user,
                                           current_user) END AS remedy,
       -- pages that are all visible are not read, their free space is known
       greatest(l.relpages - l.relallvisible, 1)::bigint * current_setting('block_size')::bigint AS reads,
       CASE WHEN m.allowed THEN format(
              'SELECT s.table_len AS size, s.approx_free_space AS free, s.dead_tuple_len AS dead, '
              '(s.approx_free_space + s.dead_tuple_len) / s.table_len::float8 AS empty '
              'FROM %I.pgstattuple_approx(%s) AS s WHERE s.table_len > 0 AND (s.approx_free_space + s.dead_tuple_len) / '
              's.table_len::float8 >= %s', m.nspname, l.toast, $2::float8) END AS question
FROM large AS l
JOIN pg_catalog.pg_namespace AS n ON n.oid = l.relnamespace
LEFT JOIN measuring AS m ON true
ORDER BY 1
