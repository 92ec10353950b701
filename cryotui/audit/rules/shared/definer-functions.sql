-- definer: SECURITY DEFINER functions that the role in caller (name), one of $1, may call, with the SQL that takes it away.
-- It grants nothing: losing are the roles in others (name) that have the right only because everybody has it
open AS (
    SELECT p.oid, p.proname, p.prokind, p.prosrc, p.prosqlbody IS NOT NULL AS bound, p.proowner, n.oid AS namespace, n.nspname,
           o.rolname, o.rolsuper, o.rolbypassrls, coalesce(p.proacl, acldefault('f', p.proowner)) AS acl, caller.name AS caller,
           format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS object,
           CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS word
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_roles AS o ON o.oid = p.proowner
    JOIN caller ON caller.name = ANY ($1::text[])
    WHERE p.prosecdef AND p.prokind IN ('f', 'p') AND p.oid >= 16384
      AND p.prorettype NOT IN ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
      AND has_schema_privilege(caller.name, n.oid, 'USAGE') AND has_function_privilege(caller.name, p.oid, 'EXECUTE')
), held AS (
    -- through whom the role has the right, and who loses it when the one for all goes
    SELECT f.oid, bool_or(a.grantee = 0) AS by_all,
           string_agg(CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(g.rolname) END, ', ' ORDER BY g.rolname NULLS FIRST)
               AS grantees
    FROM open AS f
    CROSS JOIN aclexplode(f.acl) AS a
    LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = a.grantee
    WHERE a.privilege_type = 'EXECUTE' AND a.grantee <> f.proowner AND (a.grantee = 0 OR pg_has_role(f.caller, a.grantee, 'USAGE'))
    GROUP BY f.oid
), losing AS (
    SELECT f.oid, string_agg(quote_ident(r.rolname), ', ' ORDER BY r.rolname) AS names
    FROM open AS f
    JOIN held AS h ON h.oid = f.oid AND h.by_all
    JOIN others AS o ON true
    JOIN pg_catalog.pg_roles AS r ON r.rolname = o.name
    WHERE NOT EXISTS (SELECT FROM aclexplode(f.acl) AS a WHERE a.grantee = r.oid AND a.privilege_type = 'EXECUTE')
    GROUP BY f.oid
), definer AS (
    SELECT f.object, CASE f.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS kind,
           f.nspname::text AS schema, f.proname::text AS function,
           'pg_catalog.pg_proc'::regclass::oid::bigint AS classid, f.oid::bigint AS objid, quote_ident(f.rolname) AS owner,
           CASE WHEN f.rolsuper THEN ', a superuser' WHEN f.rolbypassrls THEN ', which passes row security' ELSE '' END AS privileged,
           CASE WHEN $2::text[] IS NULL AND f.nspname <> 'public'
                THEN 'Which schemas the API serves is not known; it may serve this one.'
                WHEN $2::text[] IS NULL THEN 'The API serves public unless it is told otherwise.'
                WHEN f.nspname = ANY ($2::text[]) THEN format('The API serves schema %I.', f.nspname)
                ELSE format('The API does not serve schema %I now.', f.nspname) END AS served,
           'REVOKE EXECUTE ON ' || f.word || ' ' || f.object || ' FROM ' || h.grantees || ';'
 AS fix,
           'GRANT EXECUTE ON ' || f.word || ' ' || f.object || ' TO ' || h.grantees || ';' AS undo,
           f.namespace, f.rolname, h.grantees, h.by_all, gate.asks AS gated,
           CASE WHEN k.names IS NULL THEN '' ELSE format(' The fix takes it from %s too: grant it by name where it is needed.', k.names) END AS loss
    FROM open AS f
    LEFT JOIN held AS h ON h.oid = f.oid
    LEFT JOIN losing AS k ON k.oid = f.oid
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
)
