-- title: One name, several types
-- severity: info
-- group: schema
-- kind: columns
-- about: Columns of the same name in tables of one schema whose types differ. Names that end in id are a finding each, all others of a
--   schema one together. text, varchar and char count as one type; a type and its domains too. Names that say nothing, such as
--   id, name, value or status, are left out.
-- why: Where two of them are compared, one is cast on every row: its index may not serve, and a number can come that the
--   smaller type cannot hold.
-- evidence: {counted}
-- detail: {types}. {advice}
-- references: https://www.postgresql.org/docs/current/typeconv.html; pg-index-health COLUMNS_WITH_INCONSISTENT_TYPES
WITH RECURSIVE
-- with: tables,
base AS (
    SELECT t.oid, CASE WHEN t.typcategory = 'S' THEN 'pg_catalog.text'::regtype::oid ELSE t.oid END AS type
    FROM pg_catalog.pg_type AS t WHERE t.typtype <> 'd'
    UNION ALL
    SELECT d.oid, b.type FROM pg_catalog.pg_type AS d JOIN base AS b ON d.typbasetype = b.oid AND d.typtype = 'd'
), named AS MATERIALIZED (
    SELECT t.namespace, t.nspname, a.attname, b.type, count(*) AS tables, min(t.object) AS first_table
    FROM tables AS t
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN base AS b ON b.oid = a.atttypid
    WHERE lower(a.attname) NOT IN (
        'id', 'uuid', 'guid', 'pk', 'key', 'name', 'type', 'kind', 'value', 'values', 'val', 'data', 'payload', 'content', 'body', 'text',
        'status', 'state', 'code', 'version', 'position', 'number', 'level', 'size', 'count', 'amount', 'total', 'result', 'source', 'target',
        'date', 'time', 'start', 'end', 'from', 'to', 'min', 'max', 'metadata', 'meta', 'settings', 'options', 'config', 'parameters',
        'params', 'attributes', 'properties', 'tags', 'details', 'description', 'comment', 'notes', 'note', 'message', 'category', 'label')
    GROUP BY t.namespace, t.nspname, a.attname, b.type
), differing AS (
    SELECT n.namespace, n.nspname, n.attname, n.attname ~ '([_a-z]I[dD]|_id|_ID)$' AS joined, count(*) AS types,
           string_agg(format('%s in %s', format_type(n.type, NULL),
                             CASE n.tables WHEN 1 THEN n.first_table ELSE n.tables || ' tables' END), ', '
                      ORDER BY n.tables DESC, n.first_table) AS said
    FROM named AS n GROUP BY n.namespace, n.nspname, n.attname HAVING count(*) > 1
)
SELECT format('%I: %I', d.nspname, d.attname) AS object, 'columns' AS kind, 'pg_catalog.pg_namespace'::regclass::oid::bigint AS classid,
       d.namespace::bigint AS objid, d.nspname::text AS schema, ARRAY[d.attname::text] AS names, d.types || ' types' AS counted,
       d.said AS types, 'Compared with each other, as references are: give them the type of the key.' AS advice
FROM differing AS d WHERE d.joined
UNION ALL
SELECT quote_ident(d.nspname), 'schema', 'pg_catalog.pg_namespace'::regclass::oid::bigint, d.namespace::bigint, d.nspname::text,
       (array_agg(d.attname::text ORDER BY d.attname))[1:100], count(*) || CASE count(*) WHEN 1 THEN ' name' ELSE ' names' END,
       array_to_string((array_agg(format('%I: %s', d.attname, d.said) ORDER BY d.attname))[1:3], '; ')
           || CASE WHEN count(*) > 3 THEN format('; and %s more', count(*) - 3) ELSE '' END,
       'Where they mean the same, give them the same type.'
FROM differing AS d WHERE NOT d.joined
GROUP BY d.namespace, d.nspname
ORDER BY 1
