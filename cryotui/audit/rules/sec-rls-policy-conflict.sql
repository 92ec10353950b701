-- title: Policies at odds
-- severity: watch
-- group: security
-- kind: policy
-- about: A permissive policy with a condition, where another permissive one for the same commands and all of its roles is always
--   true (watch); or one with the same condition for the same command and roles (info). A policy for reading everything beside
--   one FOR ALL is none: that one still decides over writes. Restrictive policies against permissive: sec-rls-always-false.
-- why: Permissive policies are joined with OR: the widest decides, and the condition that somebody wrote to narrow admits
--   nobody less. Whoever reads it believes that rows are guarded.
-- detail: {effect}
-- lock: ACCESS EXCLUSIVE for a moment, whenever a policy is changed
-- references: https://www.postgresql.org/docs/current/sql-createpolicy.html
WITH RECURSIVE crowd AS MATERIALIZED (
    -- only a table with several permissive policies can have two at odds
    SELECT p.polrelid FROM pg_catalog.pg_policy AS p
    JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid AND t.relrowsecurity AND t.relpersistence <> 't'
    WHERE p.polpermissive AND p.oid >= 16384
    GROUP BY p.polrelid HAVING count(*) > 1 AND (bool_or(p.polcmd = '*') OR count(DISTINCT p.polcmd) < count(*))
), asked AS MATERIALIZED (
    SELECT p.oid FROM pg_catalog.pg_policy AS p
    WHERE p.polpermissive AND p.oid >= 16384 AND p.polrelid IN (SELECT c.polrelid FROM crowd AS c)
),
-- with: folded,
judged AS MATERIALIZED (
    SELECT p.oid, p.polrelid, p.polname, p.polcmd, p.polroles,
           -- before 17 a tree tells where in its statement each part stood
           CASE WHEN count(*) OVER (PARTITION BY p.polrelid, p.polcmd) = 1 THEN NULL
                WHEN current_setting('server_version_num')::int >= 170000
                THEN hashtextextended(concat(p.polqual::text, ' / ', p.polwithcheck::text), 0)
                ELSE hashtextextended(regexp_replace(concat(p.polqual::text, ' / ', p.polwithcheck::text), ' :location -?\d+', '', 'g'), 0)
           END AS key,
           f.oid IS NOT NULL AS constant,
           -- for its own commands every row passes: what a new row must satisfy is WITH CHECK, else USING
           CASE WHEN p.polcmd = 'a' THEN coalesce(f.check_true, false)
                ELSE coalesce(f.using_true AND (f.check_true OR p.polwithcheck IS NULL), false) END AS open
    FROM asked AS a
    JOIN pg_catalog.pg_policy AS p ON p.oid = a.oid
    LEFT JOIN (SELECT f.oid, bool_or(f.part = 'using' AND f.value = 'T') AS using_true,
                      bool_or(f.part = 'check' AND f.value = 'T') AS check_true
               FROM folded AS f GROUP BY f.oid) AS f ON f.oid = p.oid
), pair AS (
    SELECT j.oid, j.polrelid, j.polname, j.polcmd, j.polroles, min(quote_ident(o.polname)) FILTER (WHERE o.open) AS widest,
           min(quote_ident(o.polname)) FILTER (WHERE o.key = j.key AND o.polcmd = j.polcmd AND o.oid < j.oid) AS twin
    FROM judged AS j
    JOIN judged AS o
      ON o.polrelid = j.polrelid AND o.oid <> j.oid AND (o.polcmd = j.polcmd OR o.polcmd = '*')
     AND (o.polroles @> j.polroles OR 0 = ANY (o.polroles))
    WHERE NOT j.constant AND (o.open OR (o.key = j.key AND o.polcmd = j.polcmd AND o.oid < j.oid))
    GROUP BY j.oid, j.polrelid, j.polname, j.polcmd, j.polroles
)
SELECT format('%I.%I %I', n.nspname, t.relname, p.polname) AS object, p.polrelid::bigint AS oid, n.nspname::text AS schema,
       t.relname::text AS "table", p.polname::text AS policy, coalesce(p.widest, p.twin) AS other,
       CASE WHEN p.widest IS NOT NULL THEN 'overruled by ' || p.widest ELSE 'the same as ' || p.twin END AS evidence,
       CASE WHEN p.widest IS NOT NULL
            THEN format('For %s to %s every row passes by %s, so the condition of %I decides nothing. Drop one of the two: %s where only '
                        'the rows of the condition are meant to pass, else %I.', command.word, roles.names, p.widest, p.polname, p.widest, p.polname)
            ELSE format('For %s to %s it has the condition of %s, and each row is judged twice. Drop one of them.', command.word,
                        roles.names, p.twin) END AS effect,
       CASE WHEN p.widest IS NULL THEN 'info' END AS severity
FROM pair AS p
JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
CROSS JOIN LATERAL (
    SELECT CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                         ELSE 'all commands' END AS word
) AS command
CROSS JOIN LATERAL (
    SELECT string_agg(CASE role.oid WHEN 0 THEN 'public' ELSE quote_ident(r.rolname) END, ', ' ORDER BY r.rolname NULLS FIRST) AS names
    FROM unnest(p.polroles) AS role (oid)
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = role.oid
) AS roles
ORDER BY 1
