-- title: API may call the network
-- severity: bad
-- group: security
-- kind: extension
-- about: A role of the API may execute functions of an extension that opens connections or asks web servers (pg_net, http,
--   dblink, plproxy, pg_curl), and may use their schema. Watch when the API does not serve that schema: then any function of
--   its own with the caller's rights reaches them.
-- why: The server becomes the caller's tool inside its own network: addresses of the cloud's metadata, inner services and the
--   database itself answer to it.
-- detail: {who} may call {names}. {served}
-- shape: REVOKE EXECUTE ON FUNCTION {functions} FROM {roles};
-- lock: none on tables; calls go on
-- needs: api
-- parameters: api_roles api_schemas
-- references: https://www.postgresql.org/docs/current/dblink.html; https://supabase.com/docs/guides/database/extensions/pg_net
WITH member AS (
    SELECT p.oid, p.proname, p.proowner, n.nspname, e.extname, e.oid AS extension, p.prokind,
           coalesce(p.proacl, acldefault('f', p.proowner)) AS acl, n.oid AS namespace,
           format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS object
    FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
     AND d.classid = 'pg_catalog.pg_proc'::regclass
    JOIN pg_catalog.pg_proc AS p ON p.oid = d.objid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE e.extname IN ('pg_net', 'http', 'dblink', 'plproxy', 'pg_curl')
      -- what only reads answers, builds values or serves the extension itself opens nothing
      AND p.proname ~ '^(http|urlencode_and_get|dblink(_connect|_exec|_open|_send_query)?$|curl_easy_perform|plproxy_call_handler)'
      AND p.proname !~ '^http_(header|headers|set_curlopt|reset_curlopt|list_curlopt|collect_response)'
      AND p.prorettype <> 'pg_catalog.trigger'::regtype
), open AS (
    SELECT m.*, api.name AS role
    FROM member AS m
    CROSS JOIN unnest($1::text[]) AS api (name)
    WHERE has_schema_privilege(api.name, m.namespace, 'USAGE') AND has_function_privilege(api.name, m.oid, 'EXECUTE')
), grantee AS (
    SELECT DISTINCT o.extension, o.nspname, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(g.rolname) END AS name, o.object
    FROM open AS o
    CROSS JOIN aclexplode(o.acl) AS a
    LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = a.grantee
    WHERE a.privilege_type = 'EXECUTE' AND a.grantee <> o.proowner AND (a.grantee = 0 OR pg_has_role(o.role, a.grantee, 'USAGE'))
), statement AS (
    SELECT g.extension, g.nspname, g.names, string_agg(g.object, ', ' ORDER BY g.object) AS functions
    FROM (SELECT grantee.extension, grantee.nspname, grantee.object, string_agg(grantee.name, ', ' ORDER BY grantee.name) AS names
          FROM grantee GROUP BY 1, 2, 3) AS g
    GROUP BY g.extension, g.nspname, g.names
), statements AS (
    SELECT s.extension, s.nspname,
           string_agg(format('REVOKE EXECUTE ON FUNCTION %s FROM %s;', s.functions, s.names), E'\n' ORDER BY s.names) AS fix,
           string_agg(format('GRANT EXECUTE ON FUNCTION %s TO %s;', s.functions, s.names), E'\n' ORDER BY s.names) AS undo
    FROM statement AS s GROUP BY s.extension, s.nspname
), counted AS (
    SELECT o.extension, o.extname, o.nspname, min(o.role) AS first, string_agg(DISTINCT o.role, ', ') AS roles,
           count(DISTINCT o.oid) AS functions, string_agg(DISTINCT quote_ident(o.proname), ', ') AS names
    FROM open AS o GROUP BY o.extension, o.extname, o.nspname
)
SELECT format('%I in %I', c.extname, c.nspname) AS object, c.nspname::text AS schema, c.functions,
       format('%s calls %s', c.first, c.extname) AS evidence, c.roles AS who, c.names,
       CASE WHEN $2::text[] IS NULL AND c.nspname <> 'public' THEN 'Which schemas the API serves is not known; it may serve this one.'
            WHEN $2::text[] IS NULL THEN 'The API serves public unless it is told otherwise.'
            WHEN c.nspname = ANY ($2::text[]) THEN format('The API serves schema %I.', c.nspname)
            ELSE format('The API does not serve schema %I now, but its functions reach it.', c.nspname) END
       || ' The fix keeps them for their owner and for roles that are named; a SECURITY DEFINER function that checks the address can'
          ' stand in for the others. Only the owner of the extension can revoke.' AS served,
       CASE WHEN c.nspname = ANY ($2::text[]) OR ($2::text[] IS NULL AND c.nspname = 'public') THEN NULL ELSE 'watch' END AS severity,
       s.fix, s.undo
FROM counted AS c
LEFT JOIN statements AS s ON s.extension = c.extension AND s.nspname = c.nspname
ORDER BY 1
