-- names: what the user named in a schema: relations, their columns, constraints, functions, types; not partitions, temporary
-- ones, members of extensions, names that PostgreSQL makes for TOAST
theirs AS MATERIALIZED (
    SELECT d.classid, d.objid FROM pg_catalog.pg_depend AS d
    WHERE d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e'
), relations AS MATERIALIZED (
    SELECT c.oid, c.relname, c.relkind, n.oid AS namespace, n.nspname
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname <> 'pg_toast'
    WHERE c.oid >= 16384 AND NOT c.relispartition AND c.relpersistence <> 't'
      AND c.oid NOT IN (SELECT e.objid FROM theirs AS e WHERE e.classid = 'pg_catalog.pg_class'::regclass)
), names AS (
    SELECT r.namespace, r.nspname, r.relname AS part, format('%I.%I', r.nspname, r.relname) AS name,
           CASE WHEN r.relkind IN ('r', 'p', 'f') THEN 'tables' WHEN r.relkind IN ('v', 'm') THEN 'views'
                WHEN r.relkind IN ('i', 'I') THEN 'indexes' WHEN r.relkind = 'S' THEN 'sequences' ELSE 'types' END AS kind
    FROM relations AS r
    UNION ALL
    SELECT r.namespace, r.nspname, a.attname, format('%I.%I.%I', r.nspname, r.relname, a.attname), 'columns'
    FROM relations AS r
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE r.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
    UNION ALL
    SELECT r.namespace, r.nspname, k.conname, format('%I.%I %I', r.nspname, r.relname, k.conname), 'constraints'
    FROM relations AS r
    JOIN pg_catalog.pg_constraint AS k ON k.conrelid = r.oid
    UNION ALL
    SELECT n.oid, n.nspname, p.proname, format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)), 'functions'
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE p.oid >= 16384 AND p.oid NOT IN (SELECT e.objid FROM theirs AS e WHERE e.classid = 'pg_catalog.pg_proc'::regclass)
    UNION ALL
    SELECT n.oid, n.nspname, t.typname, format('%I.%I', n.nspname, t.typname), 'types'
    FROM pg_catalog.pg_type AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
    WHERE t.oid >= 16384 AND t.typtype IN ('d', 'e', 'r')
      AND t.oid NOT IN (SELECT e.objid FROM theirs AS e WHERE e.classid = 'pg_catalog.pg_type'::regclass)
    UNION ALL
    SELECT n.oid, n.nspname, n.nspname, quote_ident(n.nspname), 'schemas'
    FROM pg_catalog.pg_namespace AS n
    WHERE n.oid >= 16384 AND n.nspname !~ '^pg_'
)
