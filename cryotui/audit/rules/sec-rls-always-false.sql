-- title: Policy never passes
-- severity: info
-- group: security
-- kind: policy
-- about: A policy whose condition lets no row pass, whatever the row: false, NULL, 1 = 0, AND false, v <> v, IS NULL on a column
--   that never is. A permissive one adds nothing (information only); a restrictive one closes its commands for its roles, and
--   is watch where permissive policies for them say otherwise.
-- why: A restrictive policy is joined with AND: one that is never true makes every other policy of its commands worthless, and
--   whoever reads those believes that they count. No error tells: tables look empty, writes are refused or change nothing.
-- detail: {condition}. {effect}
-- lock: ACCESS EXCLUSIVE for a moment, whenever a policy is changed
-- references: https://www.postgresql.org/docs/current/sql-createpolicy.html
WITH RECURSIVE asked AS MATERIALIZED (
    SELECT p.oid FROM pg_catalog.pg_policy AS p WHERE p.oid >= 16384
),
-- with: folded,
never AS MATERIALIZED (
    SELECT f.oid, bool_or(f.part = 'using') AS using_never, bool_or(f.part = 'check') AS check_never
    FROM folded AS f WHERE f.value IN ('F', 'N') GROUP BY f.oid
), closing AS MATERIALIZED (
    -- what a new row must satisfy: WITH CHECK, else USING
    SELECT p.oid, p.polrelid, p.polname, p.polpermissive, p.polroles, n.using_never, n.check_never, command.code, command.word, command.place
    FROM never AS n
    JOIN pg_catalog.pg_policy AS p ON p.oid = n.oid
    JOIN (VALUES ('r', 'SELECT', 1), ('a', 'INSERT', 2), ('w', 'UPDATE', 3), ('d', 'DELETE', 4)) AS command (code, word, place)
      ON p.polcmd = '*' OR p.polcmd::text = command.code
    WHERE CASE command.code WHEN 'a' THEN n.check_never OR (n.using_never AND p.polwithcheck IS NULL)
                            WHEN 'w' THEN n.using_never OR n.check_never
                            ELSE n.using_never END
), against AS (
    -- permissive policies for the same command and a same role that may let something pass
    SELECT c.oid, string_agg(DISTINCT quote_ident(o.polname), ', ') FILTER (WHERE NOT c.polpermissive) AS overruled,
           bool_or(c.polpermissive) AS others
    FROM closing AS c
    JOIN pg_catalog.pg_policy AS o
      ON o.polrelid = c.polrelid AND o.oid <> c.oid AND o.polpermissive AND (o.polcmd = '*' OR o.polcmd::text = c.code)
     AND (o.polroles && c.polroles OR 0 = ANY (o.polroles) OR 0 = ANY (c.polroles))
    WHERE NOT EXISTS (SELECT FROM closing AS too WHERE too.oid = o.oid AND too.code = c.code)
    GROUP BY c.oid
), told AS (
    SELECT c.oid, c.polrelid, c.polname, c.polpermissive, c.polroles, c.using_never, c.check_never, count(*) AS number,
           string_agg(c.word, ', ' ORDER BY c.place) AS commands
    FROM closing AS c
    GROUP BY c.oid, c.polrelid, c.polname, c.polpermissive, c.polroles, c.using_never, c.check_never
)
SELECT format('%I.%I %I', n.nspname, t.relname, p.polname) AS object, p.polrelid::bigint AS oid, n.nspname::text AS schema,
       t.relname::text AS "table", p.polname::text AS policy, p.commands,
       concat_ws(', ', CASE WHEN p.using_never THEN 'USING is never true' END,
                       CASE WHEN p.check_never THEN 'WITH CHECK is never true' END)
           || format(' for %s to %s', p.commands, roles.names) AS condition,
       CASE WHEN NOT t.relrowsecurity THEN 'It has no effect now, because row security of the table is off.'
            WHEN p.polpermissive AND a.others THEN 'It adds nothing to the other permissive policies of the table; drop it, or write the '
                                                   'condition that was meant.'
            WHEN p.polpermissive THEN 'Nothing else lets them pass: right where that is meant, and the same as no policy at all.'
            WHEN a.overruled IS NOT NULL
            THEN format('It is restrictive and closes them whatever else says: %s can never let a row pass there. Drop it, or write '
                        'the condition that was meant; where the lock-out is meant, drop those.', a.overruled)
            ELSE 'It is restrictive and closes them; nothing else would let them pass now.' END AS effect,
       CASE WHEN p.polpermissive THEN 'lets nothing pass'
            WHEN p.number = 4 THEN 'closes all commands' ELSE 'closes ' || p.commands END AS evidence,
       CASE WHEN t.relrowsecurity AND NOT p.polpermissive AND a.overruled IS NOT NULL THEN 'watch' END AS severity
FROM told AS p
LEFT JOIN against AS a ON a.oid = p.oid
JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid AND t.relpersistence <> 't'
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
CROSS JOIN LATERAL (
    SELECT string_agg(CASE role.oid WHEN 0 THEN 'public' ELSE quote_ident(r.rolname) END, ', ' ORDER BY r.rolname NULLS FIRST) AS names
    FROM unnest(p.polroles) AS role (oid)
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = role.oid
) AS roles
ORDER BY 1
