-- by_schema: one row a schema with how many are found in it and the first of their names; from found (namespace, nspname, name)
by_schema AS (
    SELECT quote_ident(f.nspname) AS object, 'pg_catalog.pg_namespace'::regclass::oid::bigint AS classid, f.namespace::bigint AS objid,
           f.nspname::text AS schema, count(*) AS number, (array_agg(f.name ORDER BY f.name))[1:100] AS names,
           array_to_string((array_agg(f.name ORDER BY f.name))[1:3], ', ')
               || CASE WHEN count(*) > 3 THEN format(' and %s more', count(*) - 3) ELSE '' END AS first_ones
    FROM found AS f GROUP BY f.namespace, f.nspname
)
