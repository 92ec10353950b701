-- title: Index is damaged
-- severity: bad
-- group: integrity
-- kind: index
-- about: A btree index that amcheck finds damaged: out of order, with pages that cannot be right, or, where the table is small,
--   without some of its rows. Looked at are the 50 most used indexes of up to 20 MB; the others could not be checked.
-- why: Look-ups miss rows that are there, unique indexes let duplicates in, and some queries fail or never end.
-- evidence: {said}
-- detail: On {relation}. The server says: {said}. Find the cause first (disk, a changed collation, a changed function): it may have
--   damaged more. The rebuild takes what the table holds for true; a unique index then fails where duplicates came in.
-- fix: REINDEX INDEX CONCURRENTLY {object};
-- lock: SHARE UPDATE EXCLUSIVE; reads and writes go on. The check itself takes ACCESS SHARE
-- concurrently: yes
-- needs: extension:amcheck
-- cost: K4
-- certainty: tried
-- parameters: most=50 pages=2560
-- references: https://www.postgresql.org/docs/current/amcheck.html; https://wiki.postgresql.org/wiki/Corruption
WITH checking AS MATERIALIZED (
    -- the fullest form that this version of the extension has
    SELECT p.oid, p.pronargs, format('%I.%I', n.nspname, p.proname) AS name, has_function_privilege(p.oid, 'EXECUTE')
               AND has_schema_privilege(n.oid, 'USAGE') AS allowed, n.nspname
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
     AND d.refclassid = 'pg_catalog.pg_extension'::regclass
    JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'amcheck'
    WHERE p.proname = 'bt_index_check'
    ORDER BY p.pronargs DESC
    LIMIT 1
), placed AS MATERIALIZED (
    SELECT x.indexrelid, x.indrelid, x.indisunique, i.relname AS index, i.relnamespace, i.relpages, t.relname, t.relnamespace AS table_schema,
           t.relpages AS table_pages,
           row_number() OVER (ORDER BY i.relpages > $2::bigint, pg_stat_get_numscans(i.oid) DESC NULLS LAST, i.relpages, i.oid) AS place
    FROM pg_catalog.pg_index AS x
    JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid AND i.relkind = 'i' AND i.relpersistence = 'p'
     AND i.relnamespace <> 'pg_toast'::regnamespace AND i.relam = (SELECT m.oid FROM pg_catalog.pg_am AS m WHERE m.amname = 'btree')
    JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid
    WHERE x.indisvalid AND x.indisready AND x.indislive AND x.indexrelid >= 16384
)
SELECT format('%I.%I', n.nspname, p.index) AS object, p.indrelid::bigint AS oid, tn.nspname::text AS schema, p.relname::text AS "table",
       p.indexrelid::bigint AS index_oid, p.index::text AS index, format('%I.%I', tn.nspname, p.relname) AS relation,
       NULL AS unknown, NULL AS unknown_kind, NULL AS remedy, 'XX001 XX002 58P01' AS failing, NULL AS said,
       (p.relpages + CASE WHEN p.table_pages <= $2::bigint THEN p.table_pages ELSE 0 END) * current_setting('block_size')::bigint AS reads,
       format('SELECT FROM %s(%s::regclass%s%s) AS done WHERE done IS NULL', c.name, p.indexrelid,
              CASE WHEN c.pronargs >= 2 THEN format(', heapallindexed => %L', p.table_pages <= $2::bigint) END,
              CASE WHEN c.pronargs >= 3 THEN format(', checkunique => %L', p.indisunique AND p.table_pages <= $2::bigint) END) AS question
FROM placed AS p
CROSS JOIN checking AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.relnamespace
JOIN pg_catalog.pg_namespace AS tn ON tn.oid = p.table_schema
WHERE c.allowed AND p.place <= $1::bigint AND p.relpages <= $2::bigint
UNION ALL
SELECT 'larger or less used indexes', NULL, NULL, NULL, NULL, NULL, NULL,
       count(*) || ' indexes are beyond the limits most and pages of this rule; pg_amcheck reads them all', 'budget', NULL, NULL, NULL, NULL, NULL
FROM placed AS p
CROSS JOIN checking AS c
WHERE c.allowed AND (p.place > $1::bigint OR p.relpages > $2::bigint)
HAVING count(*) > 0
UNION ALL
SELECT 'all indexes', NULL, NULL, NULL, NULL, NULL, NULL, format('%I may not call bt_index_check', current_user), 'privilege',
       format('GRANT USAGE ON SCHEMA %I TO %I; GRANT EXECUTE ON FUNCTION %s TO %I;', c.nspname, current_user, c.oid::regprocedure, current_user),
       NULL, NULL, NULL, NULL
FROM checking AS c
WHERE NOT c.allowed
