-- title: Definer open to anon
-- severity: bad
-- group: security
-- kind: function
-- about: A SECURITY DEFINER function or procedure that anon may call through the API: a role that needs no login. It runs with
--   its owner's rights. Trigger functions are left out, as no call reaches them. One that asks in its body who calls is watch;
--   one in a schema that the API does not serve is info.
-- why: Row level security and grants of the caller count for nothing inside. Whoever has the key of the web client calls it.
-- detail: Owner {owner}{privileged}. {through} {asks} {served}
-- lock: none on a table; calls go on
-- needs: api
-- parameters: api_roles api_schemas
-- references: https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY;
--   https://supabase.com/docs/guides/database/functions; splinter 0028 anon_security_definer_function_executable
WITH open AS (
    SELECT p.oid, p.proname, p.prokind, p.prosrc, p.prosqlbody IS NOT NULL AS bound, p.proowner, n.nspname, o.rolname, o.rolsuper, o.rolbypassrls,
           coalesce(p.proacl, acldefault('f', p.proowner)) AS acl,
           format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS object,
           CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS word
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_roles AS o ON o.oid = p.proowner
    CROSS JOIN (SELECT 'anon'::text AS name WHERE 'anon' = ANY ($1::text[])) AS caller
    WHERE p.prosecdef AND p.prokind IN ('f', 'p') AND p.oid >= 16384
      AND p.prorettype NOT IN ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
      AND has_schema_privilege(caller.name, n.oid, 'USAGE') AND has_function_privilege(caller.name, p.oid, 'EXECUTE')
), held AS (
    -- through whom anon has the right, and who loses it when the one for all goes
    SELECT f.oid, bool_or(a.grantee = 0) AS by_all,
           string_agg(CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(g.rolname) END, ', ' ORDER BY g.rolname NULLS FIRST)
               AS grantees
    FROM open AS f
    CROSS JOIN aclexplode(f.acl) AS a
    LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = a.grantee
    WHERE a.privilege_type = 'EXECUTE' AND a.grantee <> f.proowner AND (a.grantee = 0 OR pg_has_role('anon', a.grantee, 'USAGE'))
    GROUP BY f.oid
), kept AS (
    SELECT f.oid, string_agg(quote_ident(r.rolname), ', ' ORDER BY r.rolname) AS names
    FROM open AS f
    JOIN held AS h ON h.oid = f.oid AND h.by_all
    JOIN pg_catalog.pg_roles AS r ON r.rolname IN ('authenticated', 'service_role')
    WHERE NOT EXISTS (SELECT FROM aclexplode(f.acl) AS a WHERE a.grantee = r.oid AND a.privilege_type = 'EXECUTE')
    GROUP BY f.oid
)
SELECT f.object, CASE f.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS kind,
       f.nspname::text AS schema, f.proname::text AS function,
       'pg_catalog.pg_proc'::regclass::oid::bigint AS classid, f.oid::bigint AS objid, quote_ident(f.rolname) AS owner,
       CASE WHEN f.rolsuper THEN ', a superuser' WHEN f.rolbypassrls THEN ', which passes row security' ELSE '' END AS privileged,
       CASE WHEN h.oid IS NULL THEN 'anon belongs to the owner, so no REVOKE takes it away.'
            WHEN h.by_all THEN format('EXECUTE is granted to %s; the fix leaves it to the other roles of the API.', h.grantees)
            ELSE format('EXECUTE is granted to %s.', h.grantees) END AS through,
       CASE WHEN gate.asks THEN 'Its body asks who calls; whether it refuses anon is to be read there.'
            ELSE 'Its body does not ask who calls.' END AS asks,
       CASE WHEN $2::text[] IS NULL AND f.nspname <> 'public'
            THEN 'Which schemas the API serves is not known; it may serve this one.'
            WHEN $2::text[] IS NULL THEN 'The API serves public unless it is told otherwise.'
            WHEN f.nspname = ANY ($2::text[]) THEN format('The API serves schema %I.', f.nspname)
            ELSE format('The API does not serve schema %I now.', f.nspname) END AS served,
       CASE WHEN gate.asks THEN 'anon calls it, body checks' ELSE 'anon runs it as ' || f.rolname END AS evidence,
       CASE WHEN f.nspname <> ALL ($2::text[]) THEN 'info'
            WHEN gate.asks OR ($2::text[] IS NULL AND f.nspname <> 'public') THEN 'watch' END AS severity,
       'REVOKE EXECUTE ON ' || f.word || ' ' || f.object || ' FROM ' || h.grantees || ';'
       || coalesce(E'\nGRANT EXECUTE ON ' || f.word || ' ' || f.object || ' TO ' || k.names || ';', '') AS fix,
       coalesce('REVOKE EXECUTE ON ' || f.word || ' ' || f.object || ' FROM ' || k.names || E';\n', '')
       || 'GRANT EXECUTE ON ' || f.word || ' ' || f.object || ' TO ' || h.grantees || ';' AS undo
FROM open AS f
LEFT JOIN held AS h ON h.oid = f.oid
LEFT JOIN kept AS k ON k.oid = f.oid
CROSS JOIN LATERAL (
    SELECT regexp_replace(regexp_replace(f.prosrc, '/\*.*?\*/', '', 'g'), '--[^\n]*', '', 'g')
               ~* '\mauth\s*\.\s*(uid|jwt|role|email)\s*\(|request\.(jwt|header)|\msession_user\M'
           -- a body parsed when it was made has no text
           OR f.bound AND EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                      JOIN pg_catalog.pg_proc AS used ON used.oid = d.refobjid AND used.proname IN ('uid', 'jwt', 'role', 'email')
                      JOIN pg_catalog.pg_namespace AS a ON a.oid = used.pronamespace AND a.nspname = 'auth'
                      WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = f.oid
                        AND d.refclassid = 'pg_catalog.pg_proc'::regclass) AS asks
    OFFSET 0
) AS gate
ORDER BY 1
