-- title: Public bucket listed
-- severity: watch
-- group: security
-- kind: policy
-- about: A bucket of storage is public, and a permissive policy on storage.objects lets clients of the API read its rows on a
--   condition that is always true or looks at nothing but the bucket. These policies are the user's own. The condition is asked
--   of each public bucket, so that of several only those it admits are named.
-- why: Files of a public bucket are served by their address without any policy. The policy adds that everybody may list all
--   names, and so find files whose address nobody gave them.
-- detail: {roles} may list {buckets}. {how}
-- shape: DROP POLICY {policy} ON storage.objects;
-- lock: ACCESS EXCLUSIVE on storage.objects for a moment
-- cost: K3
-- parameters: api_roles
-- references: https://supabase.com/docs/guides/storage/buckets/fundamentals; splinter 0025 public_bucket_allows_listing
WITH object AS MATERIALIZED (
    SELECT t.oid, b.oid AS bucket, EXISTS (SELECT FROM pg_catalog.pg_locks AS l
                   WHERE l.relation = t.oid AND l.mode = 'AccessExclusiveLock' AND l.granted AND l.pid <> pg_backend_pid()
                     AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())) AS locked
    FROM pg_catalog.pg_namespace AS n
    JOIN pg_catalog.pg_class AS t ON t.relnamespace = n.oid AND t.relname = 'objects' AND t.relkind IN ('r', 'p') AND t.relrowsecurity
    JOIN pg_catalog.pg_class AS b ON b.relnamespace = n.oid AND b.relname = 'buckets' AND b.relkind IN ('r', 'p')
    WHERE n.nspname = 'storage'
      -- buckets of the first releases could not be public
      AND (SELECT count(*) FROM pg_catalog.pg_attribute AS a
           WHERE a.attrelid = b.oid AND a.attname IN ('id', 'public') AND NOT a.attisdropped) = 2
), p AS (
    SELECT y.oid, y.polrelid, y.polname, y.polcmd, o.bucket, o.locked, reader.names, roles.list,
           CASE WHEN NOT o.locked THEN pg_get_expr(y.polqual, y.polrelid) END AS condition
    FROM object AS o
    JOIN pg_catalog.pg_policy AS y ON y.polrelid = o.oid AND y.polpermissive AND y.polcmd IN ('r', '*')
    CROSS JOIN LATERAL (SELECT y.polqual::text AS raw OFFSET 0) AS tree
    CROSS JOIN LATERAL (
        SELECT array_agg(r.rolname::text ORDER BY r.rolname) AS names FROM pg_catalog.pg_roles AS r
        WHERE r.rolname = ANY ($1::text[]) AND has_any_column_privilege(r.oid, y.polrelid, 'SELECT')
          AND EXISTS (SELECT FROM unnest(y.polroles) AS x WHERE x = 0 OR pg_has_role(r.oid, x, 'USAGE'))
    ) AS reader
    CROSS JOIN LATERAL (
        SELECT string_agg(coalesce(quote_ident(r.rolname), 'PUBLIC'), ', ') AS list
        FROM unnest(y.polroles) AS x LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = x
    ) AS roles
    WHERE cardinality(reader.names) > 0 AND y.polqual IS NOT NULL
      -- constants, the bucket, and what the server itself compares them with: that can be asked without doing anything else
      AND tree.raw !~ '\{(SUBLINK|FUNCEXPR|SQLVALUEFUNCTION|PARAM|NEXTVALUEEXPR|XMLEXPR|COERCEVIAIO|SUBPLAN) '
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                      WHERE d.classid = 'pg_catalog.pg_policy'::regclass AND d.objid = y.oid AND d.deptype = 'n'
                        AND NOT (d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = y.polrelid
                                 AND d.refobjsubid = (SELECT a.attnum FROM pg_catalog.pg_attribute AS a
                                                      WHERE a.attrelid = y.polrelid AND a.attname = 'bucket_id'))
                        AND d.refclassid <> 'pg_catalog.pg_authid'::regclass)
)
SELECT format('storage.objects %I', p.polname) AS object, p.polrelid::bigint AS oid,
       'pg_catalog.pg_policy'::regclass::oid::bigint AS classid, p.oid::bigint AS objid,
       'storage' AS schema, 'objects' AS "table", p.polname::text AS policy, array_to_string(p.names, ' and ') AS roles,
       CASE WHEN p.polcmd = 'r'
            THEN 'The fix drops the policy; private buckets that it admits as well need one of their own. Clients that overwrite or delete files must see their own: bucket_id and owner_id.'
            ELSE 'No fix is given, because the policy is for writing as well: make one for each command, with the owner in it.' END AS how,
       CASE WHEN p.polcmd = 'r' THEN format('DROP POLICY %I ON storage.objects;', p.polname) END AS fix,
       CASE WHEN p.polcmd = 'r' THEN format('CREATE POLICY %I ON storage.objects FOR SELECT TO %s USING (%s);', p.polname, p.list,
                                            p.condition) END AS undo,
       CASE WHEN p.locked THEN 'another session holds storage.objects exclusively'
            WHEN NOT (has_schema_privilege('storage', 'USAGE') AND has_column_privilege(p.bucket, 'id', 'SELECT')
                      AND has_column_privilege(p.bucket, 'public', 'SELECT'))
            THEN quote_ident(current_user) || ' may not read storage.buckets' END AS unknown,
       CASE WHEN p.locked THEN 'locked' ELSE 'privilege' END AS unknown_kind,
       CASE WHEN NOT p.locked
            THEN format(E'GRANT USAGE ON SCHEMA storage TO %1$I;\nGRANT SELECT ON storage.buckets TO %1$I;', current_user) END AS remedy,
       format($question$
           SELECT %1$L || ' lists ' || (array_agg(b.id::text ORDER BY b.id::text))[1]
                      || CASE WHEN count(*) > 1 THEN ' +' || count(*) - 1 ELSE '' END AS evidence,
                  array_to_string((array_agg(quote_ident(b.id::text) ORDER BY b.id::text))[1:5], ', ')
                      || CASE WHEN count(*) > 5 THEN ' and ' || count(*) - 5 || ' more' ELSE '' END AS buckets
           FROM storage.buckets AS b
           CROSS JOIN LATERAL (SELECT b.id AS bucket_id) AS objects
           WHERE b.public AND (%2$s)
           HAVING count(*) > 0
           $question$, p.names[1], p.condition) AS question,
       (SELECT greatest(b.relpages, 1) FROM pg_catalog.pg_class AS b WHERE b.oid = p.bucket)::bigint
           * current_setting('block_size')::bigint AS reads
FROM p
ORDER BY 1
