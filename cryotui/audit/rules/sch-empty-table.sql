-- title: Empty table
-- severity: info
-- group: schema
-- kind: schema
-- default: off
-- about: Tables whose file, or the files of all their partitions, hold nothing; one finding a schema.
-- why: Either it is new, or something that should write here does not, or nobody needs it any more.
-- evidence: {number:count} of {tables:count} tables
-- detail: {first_ones}. What nobody needs goes with DROP TABLE; who looked at it last is in pg_stat_all_tables from 16 on.
-- cost: K1
-- references: https://www.postgresql.org/docs/current/storage.html; pg-index-health TABLES_WITH_NO_DATA
WITH RECURSIVE
-- with: tables,
leaves AS (
    SELECT t.oid AS root, t.oid AS leaf FROM tables AS t
    UNION ALL
    SELECT l.root, h.inhrelid FROM leaves AS l
    JOIN pg_catalog.pg_inherits AS h ON h.inhparent = l.leaf
    JOIN pg_catalog.pg_class AS c ON c.oid = h.inhrelid AND c.relispartition
), locked AS (
    SELECT l.relation FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid()
), bare AS (
    -- no page at the last VACUUM or ANALYZE; only of these is the file looked at
    SELECT l.root FROM leaves AS l
    JOIN pg_catalog.pg_class AS c ON c.oid = l.leaf
    GROUP BY l.root HAVING bool_and(c.relkind IN ('r', 'p') AND c.relpages <= 0)
), looked AS MATERIALIZED (
    SELECT b.root, bool_or(l.leaf IN (SELECT k.relation FROM locked AS k)) AS locked,
           coalesce(sum(CASE WHEN l.leaf IN (SELECT k.relation FROM locked AS k) THEN NULL ELSE pg_relation_size(l.leaf) END), 0) AS bytes
    FROM bare AS b JOIN leaves AS l ON l.root = b.root
    GROUP BY b.root
), found AS (
    SELECT t.namespace, t.nspname, t.object AS name
    FROM looked AS k JOIN tables AS t ON t.oid = k.root WHERE NOT k.locked AND k.bytes = 0
),
-- with: by-schema
SELECT s.object, s.classid, s.objid, s.schema, s.number, s.names, s.first_ones,
       (SELECT count(*) FROM tables AS t WHERE t.namespace = s.objid::oid) AS tables, NULL AS unknown, NULL AS unknown_kind
FROM by_schema AS s
UNION ALL
SELECT t.object, 'pg_catalog.pg_class'::regclass::oid::bigint, t.oid::bigint, t.nspname::text, NULL, NULL, NULL, NULL,
       'locked by another session', 'locked'
FROM looked AS k JOIN tables AS t ON t.oid = k.root WHERE k.locked AND k.bytes = 0
ORDER BY 1
