-- title: Definer owned by superuser
-- severity: watch
-- group: security
-- kind: function
-- about: A SECURITY DEFINER function or procedure whose owner is superuser or passes row security, and which roles other than
--   its owner may call. Info when only some may, and on Supabase for what its postgres owns. Trigger functions are left out.
-- why: A mistake in its body, a search_path, an argument pasted into a statement, gives its caller the whole server rather than
--   a few tables.
-- detail: Owner {owner}, {privilege}. {callers} Give it to a role that owns no more than it needs: ALTER {word} ... OWNER TO. No
--   SQL is given, as that role is to be chosen.
-- lock: none on a table
-- parameters: api_roles
-- references: https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY
SELECT format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS object,
       CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS kind, n.nspname::text AS schema, p.proname::text AS function,
       'pg_catalog.pg_proc'::regclass::oid::bigint AS classid, p.oid::bigint AS objid, quote_ident(o.rolname) AS owner,
       CASE WHEN o.rolsuper THEN 'a superuser' ELSE 'which passes row security' END AS privilege,
       CASE WHEN may.any_role THEN 'any role' WHEN may.api THEN 'the API' ELSE 'some roles' END
       || CASE WHEN o.rolsuper THEN ' as superuser' ELSE ' past row security' END AS evidence,
       CASE WHEN may.any_role THEN 'Every role may call it.' ELSE format('%s may call it.', may.grantees) END AS callers,
       CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS word,
       CASE WHEN NOT (may.any_role OR may.api) OR (NOT o.rolsuper AND o.rolname = 'postgres') THEN 'info' END AS severity
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_roles AS o ON o.oid = p.proowner AND (o.rolsuper OR o.rolbypassrls)
CROSS JOIN LATERAL (
    SELECT bool_or(a.grantee = 0) AS any_role,
           bool_or(a.grantee <> 0 AND EXISTS (SELECT FROM unnest($1::text[]) AS api (name) WHERE pg_has_role(api.name, a.grantee, 'USAGE'))) AS api,
           string_agg(CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(g.rolname) END, ', ' ORDER BY g.rolname NULLS FIRST) AS grantees
    FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
    LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = a.grantee
    WHERE a.privilege_type = 'EXECUTE' AND a.grantee <> p.proowner AND NOT coalesce(g.rolsuper, false)
) AS may
WHERE p.prosecdef AND p.prokind IN ('f', 'p') AND p.oid >= 16384 AND may.grantees IS NOT NULL
  AND p.prorettype NOT IN ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
ORDER BY 1
