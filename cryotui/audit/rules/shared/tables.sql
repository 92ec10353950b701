-- tables: ordinary and partitioned ones of the user's own; not partitions, temporary ones and members of extensions
tables AS MATERIALIZED (
    SELECT t.oid, t.relname, t.relkind, t.relpages, n.oid AS namespace, n.nspname, format('%I.%I', n.nspname, t.relname) AS object
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND t.relpersistence <> 't' AND t.oid >= 16384
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                      WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = t.oid
                        AND d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e')
)
