-- title: Definer path is writable
-- severity: bad
-- group: security
-- kind: function
-- about: A SECURITY DEFINER function or procedure whose own search_path holds a schema in which PUBLIC or a role of the API may
--   create objects (watch when only other roles may), or in which temporary objects come before its own (watch): pg_temp is
--   searched first unless it is named last. Bodies parsed when they were made and paths without a user's schema are safe.
-- why: A caller puts an operator, function or table of theirs where the body looks for another one, and the function runs it
--   with its owner's rights.
-- detail: Owner {owner}{privileged}; path {path}. {reason} {callers}
-- shape: REVOKE CREATE ON SCHEMA {schema} FROM {roles};\nALTER FUNCTION {function} SET search_path = {schemas};
-- lock: none on a table; calls go on
-- parameters: api_roles
-- references: https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY
WITH definer AS (
    SELECT p.oid, p.proname, p.prokind, p.proowner, p.prorettype, p.proacl, n.nspname, o.rolname, o.rolsuper, o.rolbypassrls,
           format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS object,
           CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS word,
           substr(setting.entry, 13) AS path
    FROM pg_catalog.pg_proc AS p
    CROSS JOIN unnest(p.proconfig) AS setting (entry)
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang AND l.lanname NOT IN ('c', 'internal')
    JOIN pg_catalog.pg_roles AS o ON o.oid = p.proowner
    WHERE p.prosecdef AND p.prokind IN ('f', 'p', 'w') AND p.oid >= 16384 AND p.prosqlbody IS NULL
      AND setting.entry LIKE 'search\_path=%'
), element AS (
    -- the list as the server takes it apart: quoted names as they are, others in lower case
    SELECT f.oid, f.proowner, part.place,
           coalesce(replace(part.match[1], '""', '"'), lower(btrim(part.match[2]))) AS name
    FROM definer AS f
    CROSS JOIN LATERAL regexp_matches(f.path, '\s*(?:"((?:[^"]|"")+)"|([^",\s][^",]*))\s*(?:,|$)', 'g')
        WITH ORDINALITY AS part (match, place)
), writer AS (
    -- who besides its owner may create objects in a schema: 0 is everybody
    SELECT n.oid, n.nspname, n.nspowner, a.grantee, g.rolname,
           a.grantee = 0 OR EXISTS (SELECT FROM unnest($1::text[]) AS api (name)
                                    WHERE pg_has_role(api.name, a.grantee, 'USAGE')) AS wide
    FROM pg_catalog.pg_namespace AS n
    CROSS JOIN aclexplode(n.nspacl) AS a
    LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = a.grantee
    WHERE a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner AND NOT coalesce(g.rolsuper, false)
      AND n.nspname IN (SELECT e.name FROM element AS e)
), writable AS (
    SELECT e.oid, bool_or(w.wide) AS wide,
           (array_agg(CASE w.grantee WHEN 0 THEN 'any role' ELSE w.rolname::text END ORDER BY w.wide DESC, w.grantee = 0 DESC))[1] AS who,
           (array_agg(w.nspname::text ORDER BY w.wide DESC, w.grantee = 0 DESC))[1] AS first_schema,
           string_agg(format(E'REVOKE CREATE ON SCHEMA %I FROM %s;\n', w.nspname,
                             CASE w.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(w.rolname) END), '' ORDER BY w.nspname) AS revoke,
           string_agg(format(E'GRANT CREATE ON SCHEMA %I TO %s;\n', w.nspname,
                             CASE w.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(w.rolname) END), '' ORDER BY w.nspname) AS give
    FROM element AS e
    JOIN writer AS w ON w.nspname = e.name AND w.grantee <> e.proowner
    GROUP BY e.oid
), shadowed AS (
    -- with a user's schema in the path the body may rely on it, and a temporary table of that name comes first
    SELECT e.oid, string_agg(quote_ident(e.name), ', ' ORDER BY e.place) AS whole,
           string_agg(quote_ident(e.name), ', ' ORDER BY e.place) FILTER (WHERE e.name <> 'pg_temp') AS without,
           bool_or(e.name NOT IN ('pg_catalog', 'information_schema', 'pg_temp')) AS relied_on,
           coalesce(max(e.place) FILTER (WHERE e.name = 'pg_temp') = max(e.place), false) AS last
    FROM element AS e
    GROUP BY e.oid
), temporary AS (
    SELECT EXISTS (SELECT FROM pg_catalog.pg_database AS d
                   CROSS JOIN aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS a
                   WHERE d.datname = current_database() AND a.privilege_type = 'TEMPORARY' AND a.grantee <> d.datdba) AS allowed
), found AS (
    SELECT f.*, w.wide, w.who, w.first_schema, w.revoke, w.give, s.whole, s.without,
           t.allowed AND s.relied_on AND NOT s.last AS before_own,
           may.any_role, may.other_role,
           f.prorettype IN ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
           AND (EXISTS (SELECT FROM pg_catalog.pg_trigger AS g WHERE g.tgfoid = f.oid)
                OR EXISTS (SELECT FROM pg_catalog.pg_event_trigger AS g WHERE g.evtfoid = f.oid)) AS of_trigger
    FROM definer AS f
    JOIN shadowed AS s ON s.oid = f.oid
    CROSS JOIN temporary AS t
    LEFT JOIN writable AS w ON w.oid = f.oid
    CROSS JOIN LATERAL (
        SELECT bool_or(a.grantee = 0) AS any_role, bool_or(a.grantee <> f.proowner) AS other_role
        FROM aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) AS a WHERE a.privilege_type = 'EXECUTE'
    ) AS may
    WHERE w.oid IS NOT NULL OR (t.allowed AND s.relied_on AND NOT s.last)
)
SELECT f.object, CASE f.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS kind,
       f.nspname::text AS schema, f.proname::text AS function,
       'pg_catalog.pg_proc'::regclass::oid::bigint AS classid, f.oid::bigint AS objid,
       quote_ident(f.rolname) AS owner, f.whole AS path,
       CASE WHEN f.rolsuper THEN ', a superuser' WHEN f.rolbypassrls THEN ', which passes row security' ELSE '' END AS privileged,
       concat_ws(' ',
                 CASE WHEN f.who IS NOT NULL THEN format('%s may create objects in schema %I.', upper(left(f.who, 1)) || substr(f.who, 2),
                                                         f.first_schema) END,
                 CASE WHEN f.before_own THEN 'Tables of the caller''s own temporary schema come before those of the path.' END)
           AS reason,
       CASE WHEN f.of_trigger THEN 'Triggers run it for whoever writes to their tables.'
            WHEN f.any_role THEN 'Any role may call it.' WHEN f.other_role THEN 'Roles other than its owner may call it.'
            ELSE 'Only its owner and superusers may call it.' END AS callers,
       CASE WHEN f.who IS NOT NULL THEN f.who || ' creates in ' || f.first_schema ELSE 'pg_temp comes first' END AS evidence,
       CASE WHEN NOT f.other_role AND NOT f.of_trigger THEN 'info'
            WHEN f.who IS NULL OR NOT f.wide THEN CASE WHEN f.any_role OR f.of_trigger THEN 'watch' ELSE 'info' END
            WHEN NOT f.any_role AND NOT f.of_trigger THEN 'watch' END AS severity,
       coalesce(f.revoke, '') || CASE WHEN f.before_own THEN format('ALTER %s %s SET search_path = %s, pg_temp;', f.word, f.object, f.without)
                                      ELSE '' END AS fix,
       coalesce(f.give, '') || CASE WHEN f.before_own THEN format('ALTER %s %s SET search_path = %s;', f.word, f.object, f.whole)
                                    ELSE '' END AS undo
FROM found AS f
ORDER BY 1
