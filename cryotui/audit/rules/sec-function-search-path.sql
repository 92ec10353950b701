-- title: Function, search_path open
-- severity: bad
-- group: security
-- kind: function
-- about: A function or procedure that does not set search_path. A SECURITY DEFINER one runs with its owner's rights, but looks
--   names up where its caller wants; one that runs with its caller's rights is info, and those of extensions are left out.
--   Bodies parsed when they were made (BEGIN ATOMIC), C functions and aggregates are safe.
-- why: A caller puts an object of the same name first in the path, in a schema of theirs or a temporary one, and the
--   function runs it as its owner. One that runs as its caller answers otherwise under another path: it fails in a restore, in
--   index builds and in REFRESH MATERIALIZED VIEW, which run with a path of their own.
-- detail: Owner {owner}{privileged}. {callers} {advice}
-- shape: ALTER FUNCTION {function} SET search_path = {schemas};\n-- or\nALTER PROCEDURE {procedure} SET search_path =
--   {schemas};
-- lock: none on a table; calls go on
-- references: https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY; splinter 0011
SELECT format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS object,
       CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS kind,
       n.nspname::text AS schema, p.proname::text AS function,
       'pg_catalog.pg_proc'::regclass::oid::bigint AS classid, p.oid::bigint AS objid,
       quote_ident(o.rolname) AS owner,
       CASE WHEN o.rolsuper THEN ', a superuser' WHEN o.rolbypassrls THEN ', which passes row security' ELSE '' END AS privileged,
       CASE reach.how WHEN 'any' THEN 'Any role may call it.'
                      WHEN 'trigger' THEN 'Triggers run it for whoever writes to their tables.'
                      WHEN 'some' THEN 'Roles other than its owner may call it.'
                      ELSE 'Only its owner and superusers may call it.' END AS callers,
       CASE WHEN NOT p.prosecdef AND l.lanname = 'sql'
            THEN 'Qualify the names in its body; a path of its own would keep it from being inlined, so no SQL is offered.'
            ELSE 'Names in the body that are not qualified must be found in the path set by the fix.' END AS advice,
       CASE WHEN NOT p.prosecdef THEN 'its caller''s path counts'
            ELSE CASE reach.how WHEN 'any' THEN 'any role may call it'
                      WHEN 'trigger' THEN 'a trigger runs it for all'
                      WHEN 'some' THEN 'some roles may call it'
                      ELSE 'only its owner may call it' END END AS evidence,
       CASE WHEN NOT p.prosecdef OR reach.how = 'owner' THEN 'info' WHEN reach.how = 'some' THEN 'watch' END AS severity,
       CASE WHEN p.prosecdef OR l.lanname <> 'sql' THEN format('ALTER %s %I.%I(%s) SET search_path = %s;', routine.word, n.nspname, p.proname, oidvectortypes(p.proargtypes),
              routine.path) END AS fix,
       CASE WHEN p.prosecdef OR l.lanname <> 'sql' THEN format('ALTER %s %I.%I(%s) RESET search_path;', routine.word, n.nspname,
              p.proname, oidvectortypes(p.proargtypes)) END AS undo
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang AND l.lanname NOT IN ('c', 'internal')
JOIN pg_catalog.pg_roles AS o ON o.oid = p.proowner
CROSS JOIN LATERAL (
    SELECT CASE WHEN has_schema_privilege('public', n.oid, 'CREATE') THEN $path$''$path$
                ELSE concat_ws(', ', quote_ident(n.nspname),
                               (SELECT 'extensions' FROM pg_catalog.pg_namespace AS e
                                WHERE e.nspname = 'extensions' AND n.nspname <> 'extensions'
                                  AND NOT has_schema_privilege('public', e.oid, 'CREATE')), 'pg_temp') END AS path,
           CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS word
) AS routine
CROSS JOIN LATERAL (
    SELECT bool_or(a.grantee = 0) AS any_role, bool_or(a.grantee <> p.proowner) AS other_role
    FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a WHERE a.privilege_type = 'EXECUTE'
) AS may
CROSS JOIN LATERAL (
    SELECT CASE WHEN p.prorettype IN ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
                THEN CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgfoid = p.oid)
                            OR EXISTS (SELECT FROM pg_catalog.pg_event_trigger AS t WHERE t.evtfoid = p.oid)
                          THEN 'trigger' WHEN may.other_role THEN 'some' ELSE 'owner' END
                WHEN may.any_role THEN 'any' WHEN may.other_role THEN 'some' ELSE 'owner' END AS how
) AS reach
LEFT JOIN pg_catalog.pg_depend AS member ON member.classid = 'pg_catalog.pg_proc'::regclass AND member.objid = p.oid
 AND member.refclassid = 'pg_catalog.pg_extension'::regclass AND member.deptype = 'e'
WHERE (p.prosecdef OR member.objid IS NULL) AND p.prokind IN ('f', 'p', 'w') AND p.oid >= 16384 AND p.prosqlbody IS NULL
  AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS setting WHERE setting LIKE 'search\_path=%')
ORDER BY 1
