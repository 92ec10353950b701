-- title: Untrusted language
-- severity: watch
-- group: security
-- kind: function
-- about: A function in a language without limits (plpython3u, plperlu, pltclu ...) that roles other than its owner may call.
--   With SECURITY DEFINER, open to all roles or to the API's, it is bad. C and internal functions are left out.
-- why: Its body does on the machine whatever the server's own user may do: read files, start programs, open connections.
-- detail: In {language}, owner {owner}. {callers} {advice}
-- fix: REVOKE EXECUTE ON {word} {object} FROM {grantees};
-- undo: GRANT EXECUTE ON {word} {object} TO {grantees};
-- lock: none on a table; calls go on
-- parameters: api_roles
-- references: https://www.postgresql.org/docs/current/catalog-pg-language.html
SELECT format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS object,
       CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS kind, n.nspname::text AS schema, p.proname::text AS function,
       'pg_catalog.pg_proc'::regclass::oid::bigint AS classid, p.oid::bigint AS objid,
       quote_ident(l.lanname) AS language, quote_ident(o.rolname) AS owner,
       l.lanname || CASE WHEN may.any_role THEN ', any role calls it' WHEN may.api THEN ', the API calls it' ELSE ', some roles call it' END AS evidence,
       format('%s may call it.', CASE WHEN may.any_role THEN 'Every role' ELSE may.grantees END) AS callers,
       'The fix leaves it to its owner; grant it to the roles that need it.' AS advice,
       CASE WHEN p.prosecdef AND (may.any_role OR may.api) THEN 'bad' END AS severity,
       CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS word, may.grantees
FROM pg_catalog.pg_language AS l
JOIN pg_catalog.pg_proc AS p ON p.prolang = l.oid AND p.oid >= 16384
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_roles AS o ON o.oid = p.proowner
CROSS JOIN LATERAL (
    SELECT bool_or(a.grantee = 0) AS any_role,
           bool_or(a.grantee <> 0 AND EXISTS (SELECT FROM unnest($1::text[]) AS api (name) WHERE pg_has_role(api.name, a.grantee, 'USAGE'))) AS api,
           string_agg(CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(g.rolname) END, ', ' ORDER BY g.rolname NULLS FIRST) AS grantees
    FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
    LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = a.grantee
    WHERE a.privilege_type = 'EXECUTE' AND a.grantee <> p.proowner
) AS may
WHERE NOT l.lanpltrusted AND l.lanname NOT IN ('c', 'internal') AND may.grantees IS NOT NULL
  AND p.oid NOT IN (l.lanplcallfoid, l.laninline, l.lanvalidator)
ORDER BY 1
