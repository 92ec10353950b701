-- title: Without a comment
-- severity: info
-- group: schema
-- kind: schema
-- default: off
-- about: How many tables, columns and functions of a schema have a description; a finding when one has none.
-- why: What a column means, its unit and who fills it is known to those who made it, and to nobody who comes later.
-- evidence: {table_share:percent} of tables have one
-- detail: {said}. Without one are {first_ones}. COMMENT ON TABLE ... IS '...' locks out changes of the table alone.
-- references: https://www.postgresql.org/docs/current/sql-comment.html;
--   pg-index-health TABLES_WITHOUT_DESCRIPTION, COLUMNS_WITHOUT_DESCRIPTION, FUNCTIONS_WITHOUT_DESCRIPTION
WITH
-- with: tables,
described AS MATERIALIZED (
    SELECT d.classoid, d.objoid, d.objsubid FROM pg_catalog.pg_description AS d WHERE d.objoid >= 16384 AND d.description ~ '\S'
), things AS MATERIALIZED (
    SELECT t.namespace, t.nspname, t.object AS name, 'table' AS kind, d.objoid IS NOT NULL AS has
    FROM tables AS t
    LEFT JOIN described AS d ON d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = t.oid AND d.objsubid = 0
    UNION ALL
    SELECT t.namespace, t.nspname, format('%s.%I', t.object, a.attname), 'column', d.objoid IS NOT NULL
    FROM tables AS t
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN described AS d ON d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = t.oid AND d.objsubid = a.attnum
    UNION ALL
    SELECT n.oid, n.nspname, format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)), 'function', d.objoid IS NOT NULL
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    LEFT JOIN described AS d ON d.classoid = 'pg_catalog.pg_proc'::regclass AND d.objoid = p.oid
    WHERE p.oid >= 16384
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS e WHERE e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = p.oid
                      AND e.refclassid = 'pg_catalog.pg_extension'::regclass AND e.deptype = 'e')
), found AS (
    SELECT h.namespace, h.nspname, h.name FROM things AS h WHERE NOT h.has
),
-- with: by-schema,
shares AS (
    SELECT h.namespace, count(*) FILTER (WHERE h.kind = 'table' AND h.has)::float8 / nullif(count(*) FILTER (WHERE h.kind = 'table'), 0) AS table_share,
           concat_ws(', ',
               count(*) FILTER (WHERE h.kind = 'table' AND h.has) || ' of ' || nullif(count(*) FILTER (WHERE h.kind = 'table'), 0) || ' tables',
               count(*) FILTER (WHERE h.kind = 'column' AND h.has) || ' of ' || nullif(count(*) FILTER (WHERE h.kind = 'column'), 0) || ' columns',
               count(*) FILTER (WHERE h.kind = 'function' AND h.has) || ' of ' || nullif(count(*) FILTER (WHERE h.kind = 'function'), 0) || ' functions')
               || ' have one' AS said
    FROM things AS h GROUP BY h.namespace
)
SELECT s.*, r.table_share, r.said FROM by_schema AS s JOIN shares AS r ON r.namespace = s.objid::oid ORDER BY 1
