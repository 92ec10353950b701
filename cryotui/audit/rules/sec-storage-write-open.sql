-- title: Storage open for writing
-- severity: bad
-- group: security
-- kind: policy
-- about: A permissive policy on storage.objects lets clients of the API INSERT, UPDATE or DELETE, and its condition looks
--   neither at the bucket nor at the owner, nor at the name together with who asks. These policies are the user's own, though
--   the table is the platform's. Without row security or without the right to write it has no effect and is none.
-- why: Whoever comes in with that role writes, overwrites or deletes files in every bucket, in the private ones as well.
-- detail: {roles} may {command} in every bucket: {part} asks neither for bucket_id nor for the owner. The fix closes it; write the
--   bucket and the owner that are meant instead of false, such as bucket_id = 'avatars' AND owner_id = (SELECT auth.uid())::text.
-- shape: ALTER POLICY {policy} ON storage.objects USING (false) WITH CHECK (false);\n-- or\nALTER POLICY {policy} ON
--   storage.objects USING (false);\n-- or\nALTER POLICY {policy} ON storage.objects WITH CHECK (false);
-- lock: ACCESS EXCLUSIVE on storage.objects for a moment
-- cost: K1
-- parameters: api_roles
-- references: https://supabase.com/docs/guides/storage/security/access-control;
--   https://www.postgresql.org/docs/current/sql-createpolicy.html
WITH object AS MATERIALIZED (
    SELECT t.oid FROM pg_catalog.pg_class AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE n.nspname = 'storage' AND t.relname = 'objects' AND t.relkind IN ('r', 'p') AND t.relrowsecurity
), limiting AS MATERIALIZED (
    SELECT string_agg(a.attnum::text, '|') FILTER (WHERE a.attname IN ('bucket_id', 'owner', 'owner_id')) AS always,
           string_agg(a.attnum::text, '|') FILTER (WHERE a.attname IN ('name', 'path_tokens')) AS with_asker
    FROM object AS o JOIN pg_catalog.pg_attribute AS a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
), asker AS MATERIALIZED (
    SELECT string_agg(p.oid::text, '|') AS functions
    FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname = 'auth' AND p.proname IN ('uid', 'jwt') OR n.nspname = 'pg_catalog' AND p.proname = 'current_setting'
), part AS (
    SELECT p.oid, p.polrelid, p.polname, p.polcmd, p.polroles, side.name, side.raw
    FROM object AS o
    JOIN pg_catalog.pg_policy AS p ON p.polrelid = o.oid AND p.polpermissive AND p.polcmd IN ('a', 'w', 'd', '*')
    CROSS JOIN LATERAL (VALUES ('USING', p.polqual::text), ('WITH CHECK', p.polwithcheck::text)) AS side (name, raw)
    WHERE side.raw IS NOT NULL
), open AS (
    SELECT q.* FROM part AS q CROSS JOIN limiting AS l CROSS JOIN asker AS a
    WHERE NOT coalesce(q.raw ~ format('\{VAR :varno \d+ :varattno (%s) ', l.always), false)
      AND NOT coalesce(q.raw ~ format('\{VAR :varno \d+ :varattno (%s) ', l.with_asker)
                       AND q.raw ~ format(':funcid (%s) ', a.functions), false)
      -- false and null admit nobody
      AND NOT (q.raw LIKE '{CONST %' AND q.raw ~ ':constisnull true|:constvalue 1 \[ 0 ')
), p AS (
    SELECT o.oid, o.polrelid, o.polname, o.polcmd, array_agg(DISTINCT o.name ORDER BY o.name) AS sides,
           array_agg(DISTINCT r.rolname::text) AS names
    FROM open AS o
    JOIN pg_catalog.pg_roles AS r ON r.rolname = ANY ($1::text[])
    WHERE EXISTS (SELECT FROM unnest(o.polroles) AS x WHERE x = 0 OR pg_has_role(r.oid, x, 'USAGE'))
      AND CASE o.polcmd WHEN 'a' THEN has_any_column_privilege(r.oid, o.polrelid, 'INSERT')
                        WHEN 'w' THEN has_any_column_privilege(r.oid, o.polrelid, 'UPDATE')
                        WHEN 'd' THEN has_table_privilege(r.oid, o.polrelid, 'DELETE')
                        ELSE has_any_column_privilege(r.oid, o.polrelid, 'INSERT, UPDATE')
                             OR has_table_privilege(r.oid, o.polrelid, 'DELETE') END
    GROUP BY o.oid, o.polrelid, o.polname, o.polcmd
)
SELECT format('storage.objects %I', p.polname) AS object, p.polrelid::bigint AS oid,
       'pg_catalog.pg_policy'::regclass::oid::bigint AS classid, p.oid::bigint AS objid,
       'storage' AS schema, 'objects' AS "table", p.polname::text AS policy, command.word AS command,
       array_to_string(p.names, ' and ') AS roles, array_to_string(p.sides, ' and ') AS part,
       p.names[1] || ' may ' || CASE p.polcmd WHEN '*' THEN 'write' ELSE command.word END AS evidence,
       format('ALTER POLICY %I ON storage.objects%s%s;', p.polname, CASE WHEN 'USING' = ANY (p.sides) THEN ' USING (false)' END,
              CASE WHEN 'WITH CHECK' = ANY (p.sides) THEN ' WITH CHECK (false)' END) AS fix,
       CASE WHEN free.of_locks
            THEN (SELECT format('ALTER POLICY %I ON storage.objects%s%s;', p.polname,
                                CASE WHEN 'USING' = ANY (p.sides) THEN format(' USING (%s)', pg_get_expr(y.polqual, y.polrelid)) END,
                                CASE WHEN 'WITH CHECK' = ANY (p.sides)
                                     THEN format(' WITH CHECK (%s)', pg_get_expr(y.polwithcheck, y.polrelid)) END)
                  FROM pg_catalog.pg_policy AS y WHERE y.oid = p.oid) END AS undo
FROM p
CROSS JOIN LATERAL (
    SELECT CASE p.polcmd WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'INSERT, UPDATE and DELETE' END AS word
) AS command
CROSS JOIN LATERAL (
    SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_locks AS l
                   WHERE l.relation = p.polrelid AND l.mode = 'AccessExclusiveLock' AND l.granted AND l.pid <> pg_backend_pid()
                     AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())) AS of_locks
) AS free
ORDER BY 1
