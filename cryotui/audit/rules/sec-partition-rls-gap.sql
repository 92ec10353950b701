-- title: Partition passes by RLS
-- severity: bad
-- group: security
-- kind: table
-- about: A partitioned table has row level security, one of its partitions has not, and a role that is neither the owner nor
--   passes row security holds a right on that partition and on its schema. One finding for each root. Bad when clients of
--   the API or everybody come in that way, watch for other roles.
-- why: Row security is not inherited. A query that names the partition instead of the root reads and changes all its rows.
-- detail: {who} {names}.
-- shape: ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
-- lock: ACCESS EXCLUSIVE on each partition for a moment
-- parameters: api_roles api_schemas
-- references: https://www.postgresql.org/docs/current/ddl-rowsecurity.html
WITH RECURSIVE below AS (
    SELECT r.oid AS root, i.inhrelid AS leaf
    FROM pg_catalog.pg_class AS r
    JOIN pg_catalog.pg_inherits AS i ON i.inhparent = r.oid
    WHERE r.relkind = 'p' AND r.relrowsecurity AND r.oid >= 16384
    UNION
    SELECT b.root, i.inhrelid FROM below AS b JOIN pg_catalog.pg_inherits AS i ON i.inhparent = b.leaf
), open AS (
    SELECT b.root, l.oid, n.nspname, format('%I.%I', n.nspname, l.relname) AS object, l.relnamespace, l.relowner, l.relkind,
           l.relacl
    FROM below AS b
    JOIN pg_catalog.pg_class AS l ON l.oid = b.leaf AND NOT l.relrowsecurity AND l.relkind IN ('r', 'p')
    JOIN pg_catalog.pg_namespace AS n ON n.oid = l.relnamespace
    -- the highest root with row security speaks for all below
    WHERE NOT EXISTS (SELECT FROM below AS higher WHERE higher.leaf = b.root)
), right_held AS (
    SELECT o.oid, a.grantee FROM open AS o CROSS JOIN aclexplode(o.relacl) AS a
    WHERE a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') AND a.grantee <> o.relowner
    UNION
    SELECT o.oid, a.grantee FROM open AS o
    JOIN pg_catalog.pg_attribute AS c ON c.attrelid = o.oid AND c.attacl IS NOT NULL AND NOT c.attisdropped
    CROSS JOIN aclexplode(c.attacl) AS a
    WHERE a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE') AND a.grantee <> o.relowner
), reached AS (
    SELECT o.root, o.oid, o.object, role.name,
           (role.name = 'PUBLIC' OR role.api) AND (o.nspname = ANY ($2::text[]) OR $2::text[] IS NULL) AS by_clients
    FROM open AS o
    JOIN right_held AS h ON h.oid = o.oid
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = h.grantee
    CROSS JOIN LATERAL (
        SELECT coalesce(quote_ident(r.rolname), 'PUBLIC') AS name,
               EXISTS (SELECT FROM unnest($1::text[]) AS api (name) WHERE pg_has_role(api.name, r.oid, 'USAGE')) AS api
    ) AS role
    WHERE (h.grantee = 0 OR NOT (r.rolsuper OR r.rolbypassrls OR pg_has_role(r.oid, o.relowner, 'USAGE')))
      AND (has_schema_privilege(CASE WHEN h.grantee = 0 THEN 'public' ELSE r.rolname END, o.relnamespace, 'USAGE')
           OR h.grantee = 0 AND EXISTS (SELECT FROM unnest($1::text[]) AS api (name)
                                        WHERE has_schema_privilege(api.name, o.relnamespace, 'USAGE')))
), together AS (
    SELECT r.root, count(DISTINCT r.oid) AS partitions, bool_or(r.by_clients) AS by_clients,
           array_agg(DISTINCT r.name) AS roles, array_agg(DISTINCT r.object) AS objects
    FROM reached AS r GROUP BY r.root
)
SELECT format('%I.%I', n.nspname, c.relname) AS object, c.oid::bigint AS oid, n.nspname::text AS schema,
       c.relname::text AS "table", t.partitions,
       t.partitions || CASE t.partitions WHEN 1 THEN ' partition is open' ELSE ' partitions are open' END AS evidence,
       array_to_string(t.roles[1:5], ', ')
           || CASE WHEN cardinality(t.roles) > 5 THEN format(' and %s more', cardinality(t.roles) - 5) ELSE '' END
           || CASE cardinality(t.roles) WHEN 1 THEN ' holds' ELSE ' hold' END || ' rights on them:' AS who,
       array_to_string(t.objects[1:3], ', ')
           || CASE WHEN t.partitions > 3 THEN format(' and %s more', t.partitions - 3) ELSE '' END
           || '. Queries through the root go on as before; directly the partitions then show nothing. Partitions made later need it as well'
           AS names,
       CASE WHEN t.by_clients THEN 'bad' ELSE 'watch' END AS severity,
       (SELECT string_agg(format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', o), E'\n' ORDER BY o) FROM unnest(t.objects) AS o) AS fix,
       (SELECT string_agg(format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY;', o), E'\n' ORDER BY o) FROM unnest(t.objects) AS o) AS undo
FROM together AS t
JOIN pg_catalog.pg_class AS c ON c.oid = t.root
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
ORDER BY 1
