-- title: RLS by user metadata
-- severity: bad
-- group: security
-- kind: policy
-- about: A policy decides by user_metadata of the token (auth.jwt() or the setting request.jwt.claims) or by the column
--   raw_user_meta_data of auth.users, itself or in a function that it calls. Another column or word of that name is none.
-- why: Every user changes their own user_metadata with one call of the client library, and so takes the role they want.
-- detail: {where} app_metadata is set by the server alone: move what the policy asks for there first. {how}
-- shape: ALTER POLICY {policy} ON {table} USING ({condition});\n-- or\nALTER POLICY {policy} ON {table} WITH CHECK
--   ({condition});
-- lock: ACCESS EXCLUSIVE for a moment
-- cost: K1
-- references: https://supabase.com/docs/guides/database/postgres/row-level-security#authjwt; splinter 0015 rls_references_user_metadata
WITH reader AS MATERIALIZED (
    -- functions whose body, comments left out, reads it
    SELECT f.oid, format('%I.%I', n.nspname, f.proname) AS name
    FROM pg_catalog.pg_proc AS f
    JOIN pg_catalog.pg_namespace AS n ON n.oid = f.pronamespace
    JOIN pg_catalog.pg_language AS l ON l.oid = f.prolang AND l.lanname NOT IN ('c', 'internal')
    CROSS JOIN LATERAL (
        SELECT regexp_replace(f.prosrc, '--[^\n]*|/\*.*?\*/', ' ', 'g') AS text, f.prosqlbody::text AS tree
    ) AS body
    WHERE f.oid >= 16384
      AND (strpos(f.prosrc, 'user_meta') > 0
           AND (body.text ~ 'raw_user_meta_data' OR body.text ~ '\muser_metadata\M' AND body.text ~ 'jwt')
           OR strpos(body.tree, ' 117 115 101 114 95 109 101 116 97 100 97 116 97 ') > 0)
), policy AS MATERIALIZED (
    SELECT p.oid, p.polrelid, p.polname, p.polcmd, p.polqual, p.polwithcheck,
           -- user_metadata in the bytes of a constant
           strpos(tree.raw, ' 117 115 101 114 95 109 101 116 97 100 97 116 97 ') > 0 AS token
    FROM pg_catalog.pg_policy AS p
    CROSS JOIN LATERAL (SELECT concat(p.polqual::text, p.polwithcheck::text) AS raw OFFSET 0) AS tree
    WHERE p.oid >= 16384
), named AS MATERIALIZED (
    SELECT d.objid AS oid, min(r.name) AS function, bool_or(u.oid IS NOT NULL) AS by_column
    FROM pg_catalog.pg_depend AS d
    LEFT JOIN reader AS r ON d.refclassid = 'pg_catalog.pg_proc'::regclass AND r.oid = d.refobjid
    LEFT JOIN (
        SELECT a.attrelid AS oid, a.attnum
        FROM pg_catalog.pg_attribute AS a
        JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid AND c.relname = 'users'
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = 'auth'
        WHERE a.attname = 'raw_user_meta_data'
    ) AS u ON d.refclassid = 'pg_catalog.pg_class'::regclass AND u.oid = d.refobjid AND u.attnum = d.refobjsubid
    WHERE d.classid = 'pg_catalog.pg_policy'::regclass AND (r.oid IS NOT NULL OR u.oid IS NOT NULL)
    GROUP BY d.objid
), asked AS (
    SELECT p.*, n.function, coalesce(n.by_column, false) AS by_column,
           EXISTS (SELECT FROM pg_catalog.pg_locks AS l
                   WHERE l.relation = p.polrelid AND l.mode = 'AccessExclusiveLock' AND l.granted AND l.pid <> pg_backend_pid()
                     AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())) AS locked
    FROM policy AS p LEFT JOIN named AS n ON n.oid = p.oid
    WHERE p.token OR n.oid IS NOT NULL
), read AS MATERIALIZED (
    SELECT a.*, CASE WHEN NOT a.locked THEN pg_get_expr(a.polqual, a.polrelid) END AS using_text,
           CASE WHEN NOT a.locked THEN pg_get_expr(a.polwithcheck, a.polrelid) END AS check_text
    FROM asked AS a
), judged AS (
    SELECT r.*,
           -- the key right behind the token: nothing between them but brackets, casts and an alias
           coalesce(concat_ws(' ', r.using_text, r.check_text) ~ (
               '(auth\.jwt\(\)|''request\.jwt\.claims?''::text)(\)|\s|::jsonb?|::text|AS \w+|, true|, false)*'
               '(->>?|#>>?|\[|, VARIADIC ARRAY\[)\s*''\{?"?user_metadata\M|''request\.jwt\.claim\.user_metadata'), false) AS by_token
    FROM read AS r
)
SELECT format('%I.%I %I', n.nspname, t.relname, j.polname) AS object, j.polrelid::bigint AS oid,
       'pg_catalog.pg_policy'::regclass::oid::bigint AS classid, j.oid::bigint AS objid, n.nspname::text AS schema,
       t.relname::text AS "table", j.polname::text AS policy,
       CASE WHEN j.by_token THEN 'by user_metadata' WHEN j.by_column THEN 'by raw_user_meta_data'
            ELSE 'by ' || j.function END AS evidence,
       CASE WHEN j.by_token THEN 'It reads user_metadata of the token.'
            WHEN j.by_column THEN 'It reads raw_user_meta_data of auth.users.'
            ELSE format('It calls %s, which reads it.', j.function) END AS "where",
       CASE WHEN j.by_token THEN 'The fix reads app_metadata instead.'
            WHEN j.by_column THEN 'Write the policy with raw_app_meta_data then.'
            ELSE 'Change the function then.' END AS how,
       CASE WHEN NOT t.relrowsecurity THEN 'info' ELSE 'bad' END AS severity,
       CASE WHEN j.by_token AND NOT j.by_column
            THEN format('ALTER POLICY %I ON %I.%I%s%s;', j.polname, n.nspname, t.relname,
                        ' USING (' || replace(j.using_text, 'user_metadata', 'app_metadata') || ')',
                        ' WITH CHECK (' || replace(j.check_text, 'user_metadata', 'app_metadata') || ')') END AS fix,
       CASE WHEN j.by_token AND NOT j.by_column
            THEN format('ALTER POLICY %I ON %I.%I%s%s;', j.polname, n.nspname, t.relname, ' USING (' || j.using_text || ')',
                        ' WITH CHECK (' || j.check_text || ')') END AS undo,
       CASE WHEN j.locked AND NOT j.by_column AND j.function IS NULL THEN 'another session holds the table exclusively' END AS unknown,
       CASE WHEN j.locked AND NOT j.by_column AND j.function IS NULL THEN 'locked' END AS unknown_kind
FROM judged AS j
JOIN pg_catalog.pg_class AS t ON t.oid = j.polrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
WHERE j.by_token OR j.by_column OR j.function IS NOT NULL OR j.locked
ORDER BY 1
