-- told: one row a table, with the SQL that changes the types of its columns or what is in the way of it; where a schema has more
-- than $1 such tables, one row for all of them. From found, which is typed_columns with there and there_value, back and
-- back_value: the types, and the values cast to them, as SQL
retyped AS (
    SELECT f.object, f.oid, f.relname, f.namespace, f.nspname, string_agg(f.quoted, ', ' ORDER BY f.attnum) AS names,
           string_agg(f.quoted || ' ' || f.back, ', ' ORDER BY f.attnum) AS columns,
           string_agg(format('%s (%s)', f.quoted, f.held), ', ' ORDER BY f.attnum) FILTER (WHERE f.held IS NOT NULL) AS held,
           string_agg(format('ALTER COLUMN %s TYPE %s USING %s', f.quoted, f.there, f.there_value), ', ' ORDER BY f.attnum) AS there,
           string_agg(format('ALTER COLUMN %s TYPE %s USING %s', f.quoted, f.back, f.back_value), ', ' ORDER BY f.attnum) AS back,
           count(*) AS number
    FROM found AS f GROUP BY f.object, f.oid, f.relname, f.namespace, f.nspname
), schemas AS (
    SELECT r.namespace, r.nspname, count(*) AS tables, sum(r.number) AS columns, (array_agg(r.object ORDER BY r.object))[1:100] AS names,
           array_to_string((array_agg(r.object ORDER BY r.object))[1:3], ', ') AS first_ones
    FROM retyped AS r GROUP BY r.namespace, r.nspname
), told AS (
    SELECT r.object, 'columns' AS kind, 'pg_catalog.pg_class'::regclass::oid::bigint AS classid, r.oid::bigint AS objid, r.oid::bigint AS oid,
           r.nspname::text AS schema, r.relname::text AS "table", r.columns, NULL::text[] AS names, r.names AS evidence,
           coalesce(' In the way of SQL: ' || r.held || '.', '') AS hindered,
           CASE WHEN r.held IS NULL THEN format('ALTER TABLE %s %s;', r.object, r.there) END AS fix,
           CASE WHEN r.held IS NULL THEN format('ALTER TABLE %s %s;', r.object, r.back) END AS undo
    FROM retyped AS r JOIN schemas AS s ON s.namespace = r.namespace AND s.tables <= $1::float8
    UNION ALL
    SELECT quote_ident(s.nspname), 'schema', 'pg_catalog.pg_namespace'::regclass::oid::bigint, s.namespace::bigint, NULL,
           s.nspname::text, NULL, s.first_ones || CASE WHEN s.tables > 3 THEN format(' and %s tables more', s.tables - 3) ELSE '' END, s.names,
           format('%s columns of %s tables', s.columns, s.tables), ' With a higher limit for tables each is told with its SQL.', NULL, NULL
    FROM schemas AS s WHERE s.tables > $1::float8
)
