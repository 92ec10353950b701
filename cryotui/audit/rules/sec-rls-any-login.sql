-- title: Any login may write
-- severity: bad
-- group: security
-- kind: policy
-- about: A permissive policy for clients of the API or for everybody that lets rows be changed or deleted (bad) or inserted (watch)
--   and asks for nothing but a login: auth.uid() or auth.jwt() IS NOT NULL, auth.role() = 'authenticated', alone or within a
--   sub-select. Conditions that fold to true are sec-rls-always-true.
-- why: Where anybody can sign up, a login is no more than a form filled in: each of them may change the rows of all others.
-- detail: {condition}. {effect} Tie the row to who asks, as user_id = (SELECT auth.uid()), or name a role that only those have who
--   are meant. No fix is given: what ties them is not known.
-- lock: ACCESS EXCLUSIVE for a moment, whenever a policy is changed
-- parameters: api_roles
-- references: https://www.postgresql.org/docs/current/sql-createpolicy.html
WITH asker AS MATERIALIZED (
    SELECT string_agg(p.oid::text, '|') FILTER (WHERE p.proname <> 'role') AS login, string_agg(p.oid::text, '|') FILTER (WHERE p.proname = 'role') AS role
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace AND n.nspname = 'auth'
    WHERE p.proname IN ('uid', 'jwt', 'email', 'role') AND p.pronargs = 0
), client AS MATERIALIZED (
    SELECT array_agg(r.oid) || 0::oid AS oids FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY ($1::text[])
), part AS MATERIALIZED (
    -- short ones without a column of the row, at first; unpacked once for all tests
    SELECT p.oid, part.name, regexp_replace(part.raw, ' :location -?\d+', '', 'g') AS tree
    FROM pg_catalog.pg_policy AS p
    CROSS JOIN client
    CROSS JOIN LATERAL (VALUES ('using', p.polqual::text || ''), ('check', p.polwithcheck::text || '')) AS part (name, raw)
    WHERE p.polpermissive AND p.oid >= 16384 AND p.polroles && client.oids AND p.polcmd <> 'r'
      AND length(part.raw) < 3000 AND (part.raw LIKE '{NULLTEST%' OR part.raw LIKE '{OPEXPR%') AND strpos(part.raw, '{VAR ') = 0
), named AS (
    SELECT p.oid, p.name, regexp_replace(
               regexp_replace(regexp_replace(p.tree, '\{FUNCEXPR :funcid (?:' || coalesce(a.login, 'none') || ') [^{}]*\}', '<login>', 'g'),
                              '\{FUNCEXPR :funcid (?:' || coalesce(a.role, 'none') || ') [^{}]*\}', '<role>', 'g'),
               '\{SUBLINK :subLinkType 4 [^{}]*:subselect \{QUERY [^{}]*:rtable <> [^{}]*:jointree \{FROMEXPR :fromlist <> :quals <>[^{}]*\}'
               '[^{}]*:targetList \(\{TARGETENTRY :expr (<login>|<role>) [^{}]*\}\)[^{}]*\}[^{}]*\}', '\1', 'g') AS tree
    FROM part AS p CROSS JOIN asker AS a
), only_login AS MATERIALIZED (
    SELECT n.oid, bool_or(n.name = 'using') AS in_using, bool_or(n.name = 'check') AS in_check
    FROM named AS n
    WHERE n.tree ~ '^\{NULLTEST :arg (<login>|<role>) :nulltesttype 1 [^{}]*\}$'
          -- the bytes of authenticated
       OR n.tree ~ ('^\{OPEXPR :opno 98 [^{}]*:args \(<role> \{CONST :consttype 25 [^{}]*:constvalue 17 \[ \d+ 0 0 0 '
                    '97 117 116 104 101 110 116 105 99 97 116 101 100 \]\}\)[^{}]*\}$')
    GROUP BY n.oid
), judged AS (
    SELECT p.oid, p.polrelid, p.polname, p.polcmd, p.polroles, l.in_using, l.in_check, t.relname, t.relrowsecurity, n.nspname,
           l.in_using AND p.polcmd IN ('w', 'd', '*') AS changes,
           CASE WHEN p.polwithcheck IS NULL THEN l.in_using ELSE l.in_check END AND p.polcmd IN ('a', '*') AS inserts
    FROM only_login AS l
    JOIN pg_catalog.pg_policy AS p ON p.oid = l.oid
    JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid AND t.relpersistence <> 't'
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
)
SELECT format('%I.%I %I', j.nspname, j.relname, j.polname) AS object, j.polrelid::bigint AS oid, j.nspname::text AS schema,
       j.relname::text AS "table", j.polname::text AS policy, roles.names AS roles,
       concat_ws(', ', CASE WHEN j.in_using THEN 'USING asks for a login alone' END,
                       CASE WHEN j.in_check THEN 'WITH CHECK asks for a login alone' END)
           || format(' for %s to %s', command.word, roles.names) AS condition,
       CASE WHEN NOT j.relrowsecurity THEN 'It has no effect now, because row security of the table is off.'
            WHEN narrowed.yes THEN 'A restrictive policy narrows it.'
            WHEN NOT reach.granted THEN 'It has no effect now, because no grant to write stands behind it.'
            WHEN j.changes THEN 'Whoever is logged in may write every row, those of others too.'
            ELSE 'Whoever is logged in may insert any row, in the name of others too.' END AS effect,
       command.word || CASE WHEN j.changes THEN ': any login, any row' ELSE ': any login' END AS evidence,
       CASE WHEN NOT j.relrowsecurity OR narrowed.yes OR NOT reach.granted THEN 'info' WHEN NOT j.changes THEN 'watch' END AS severity
FROM judged AS j
CROSS JOIN LATERAL (
    SELECT CASE j.polcmd WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END AS word
) AS command
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM pg_catalog.pg_policy AS r
                   WHERE r.polrelid = j.polrelid AND NOT r.polpermissive AND (r.polcmd = j.polcmd OR r.polcmd = '*')
                     AND (r.polroles @> j.polroles OR 0 = ANY (r.polroles))) AS yes
) AS narrowed
CROSS JOIN LATERAL (
    SELECT string_agg(CASE role.oid WHEN 0 THEN 'public' ELSE quote_ident(r.rolname) END, ', ' ORDER BY r.rolname NULLS FIRST) AS names
    FROM unnest(j.polroles) AS role (oid)
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = role.oid
) AS roles
CROSS JOIN LATERAL (
    -- one for everybody is judged by the roles of the API, or by everybody where there are none
    SELECT coalesce(bool_or(has_any_column_privilege(r.name, j.polrelid, 'INSERT, UPDATE') OR has_table_privilege(r.name, j.polrelid, 'DELETE')),
                    false) AS granted
    FROM (
        SELECT g.rolname::text AS name FROM pg_catalog.pg_roles AS g
        WHERE g.oid = ANY (j.polroles) OR (0 = ANY (j.polroles) AND g.rolname = ANY ($1::text[]))
        UNION ALL
        SELECT 'public' WHERE 0 = ANY (j.polroles)
    ) AS r
) AS reach
WHERE j.changes OR j.inserts
ORDER BY 1
