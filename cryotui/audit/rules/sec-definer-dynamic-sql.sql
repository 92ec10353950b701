-- title: Definer with dynamic SQL
-- severity: bad
-- group: security
-- kind: function
-- about: A SECURITY DEFINER function or procedure in plpgsql that EXECUTEs one of its own arguments, or a text put together with
--   an argument by || or by format with %s, without quote_ident, quote_literal, %I or %L around it. Bad when any role or the API
--   may call it, watch when only some may; what only its owner may call is left out. Read from the text of the body.
-- why: Who calls it writes the statement, or breaks out of the quotes of one, and it runs with the owner's rights.
-- detail: Owner {owner}{privileged}. Line {line}: {what}. {callers} {advice}
-- fix: REVOKE EXECUTE ON {word} {object} FROM {grantees};
-- undo: GRANT EXECUTE ON {word} {object} TO {grantees};
-- lock: none on a table; calls go on
-- certainty: estimated
-- parameters: api_roles
-- references: https://www.postgresql.org/docs/current/plpgsql-statements.html#PLPGSQL-STATEMENTS-EXECUTING-DYN
WITH definer AS (
    SELECT p.oid, p.proname, p.prokind, p.proowner, p.proargnames, p.proargmodes, p.pronargs, n.nspname, o.rolname, o.rolsuper,
           o.rolbypassrls, coalesce(p.proacl, acldefault('f', p.proowner)) AS acl,
           format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS object,
           -- without comments and with texts closed up, each on the line it was on
           regexp_replace(regexp_replace(p.prosrc, '--[^\n]*', '', 'g'), '/\*[^*]*\*/', '', 'g') AS body
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang AND l.lanname = 'plpgsql'
    JOIN pg_catalog.pg_roles AS o ON o.oid = p.proowner
    WHERE p.prosecdef AND p.prokind IN ('f', 'p') AND p.oid >= 16384 AND p.pronargs > 0 AND p.prosrc ~* '\mexecute\M'
), statement AS (
    SELECT f.*, m.match[1] AS said,
           1 + length(before.text) - length(replace(before.text, E'\n', '')) AS line,
           -- what follows USING is a value, never part of the statement
           regexp_replace(m.match[1], '\m(using|into)\M.*$', '', 'i') AS made
    FROM definer AS f
    CROSS JOIN LATERAL regexp_matches(f.body, '\mexecute\s+([^;]+)', 'gi') AS m (match)
    CROSS JOIN LATERAL (SELECT left(f.body, strpos(f.body, m.match[1])) AS text) AS before
), argument AS (
    SELECT f.oid, lower(a.name) AS name, a.place
    FROM definer AS f
    CROSS JOIN LATERAL (
        SELECT coalesce(nullif(f.proargnames[k], ''), '$' || k) AS name, k AS place
        FROM generate_series(1, coalesce(cardinality(f.proargnames), f.pronargs)) AS k
        WHERE coalesce(f.proargmodes[k], 'i') IN ('i', 'b', 'v')
        UNION ALL
        SELECT '$' || k, k FROM generate_series(1, f.pronargs) AS k
    ) AS a
), bare AS (
    -- quoted parts and constant texts taken out: what is left of an argument is run as it comes
    SELECT s.oid, s.line, s.made,
           lower(regexp_replace(
               regexp_replace(s.made, '\m(?:pg_catalog\.)?(?:quote_ident|quote_literal|quote_nullable)\s*\([^()]*\)', '', 'gi'),
               '''(?:[^'']|'''')*''', '''''', 'g')) AS left_over,
           s.made ~* '\mformat\s*\(' AS formatted, s.made ~ '%(?:[0-9]+\$)?-?[0-9]*s' AS open_place
    FROM statement AS s
), hit AS (
    SELECT DISTINCT ON (b.oid) b.oid, b.line, a.name,
           b.left_over ~ ('^\s*\(*\s*' || word.pattern || '\s*\)*\s*$') AS whole
    FROM bare AS b
    JOIN argument AS a ON a.oid = b.oid
    CROSS JOIN LATERAL (SELECT '(?:^|[^a-z0-9_$."])"?' || regexp_replace(a.name, '([^a-z0-9_])', '\\\1', 'g') || '"?(?![a-z0-9_$(])' AS pattern) AS word
    WHERE b.left_over ~ word.pattern AND (NOT b.formatted OR b.open_place)
    ORDER BY b.oid, b.left_over ~ ('^\s*\(*\s*' || word.pattern || '\s*\)*\s*$') DESC, b.line, a.place
), caller AS (
    SELECT f.oid, bool_or(a.grantee = 0) AS any_role,
           bool_or(a.grantee <> 0 AND EXISTS (SELECT FROM unnest($1::text[]) AS api (name) WHERE pg_has_role(api.name, a.grantee, 'USAGE')))
               AS api,
           string_agg(CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(g.rolname) END, ', ' ORDER BY g.rolname NULLS FIRST)
               FILTER (WHERE a.grantee <> f.proowner) AS grantees
    FROM definer AS f
    CROSS JOIN aclexplode(f.acl) AS a
    LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = a.grantee
    WHERE a.privilege_type = 'EXECUTE'
    GROUP BY f.oid
)
SELECT f.object, CASE f.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS kind,
       f.nspname::text AS schema, f.proname::text AS function,
       'pg_catalog.pg_proc'::regclass::oid::bigint AS classid, f.oid::bigint AS objid, quote_ident(f.rolname) AS owner,
       CASE WHEN f.rolsuper THEN ', a superuser' WHEN f.rolbypassrls THEN ', which passes row security' ELSE '' END AS privileged,
       h.line, CASE WHEN h.whole THEN format('argument %s is run as it comes', h.name)
                    ELSE format('argument %s goes into the statement unquoted', h.name) END AS what,
       CASE WHEN h.whole THEN 'runs ' ELSE 'pastes ' END || h.name AS evidence,
       CASE WHEN c.any_role THEN 'Any role may call it.' WHEN c.api THEN 'The API may call it.'
            ELSE format('%s may call it.', c.grantees) END AS callers,
       CASE WHEN h.whole THEN 'Write the statements it is meant to run into it.' ELSE 'Use format with %I and %L, and USING for values.' END
       || ' Until then the fix leaves it to its owner.' AS advice,
       CASE WHEN NOT c.any_role AND NOT c.api THEN 'watch' END AS severity,
       CASE f.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS word, c.grantees
FROM hit AS h
JOIN definer AS f ON f.oid = h.oid
JOIN caller AS c ON c.oid = h.oid AND c.grantees IS NOT NULL
ORDER BY 1
