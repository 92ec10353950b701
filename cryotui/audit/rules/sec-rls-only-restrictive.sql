-- title: Only restrictive policies
-- severity: watch
-- group: security
-- kind: table
-- about: Row level security is on, the table has policies for a command, and all of them are restrictive. Restrictive policies
--   narrow what permissive ones let through; a table without any policy is sec-rls-no-policy.
-- why: With nothing to narrow no row passes: the command sees an empty table, and an INSERT fails. Whoever wrote the policy
--   meant it to admit somebody.
-- detail: Always denied: {commands}. Restrictive: {names}. Add a permissive policy for who is meant; where the lock-out is meant,
--   waive this. No fix is given, because who is meant is not known.
-- references: https://www.postgresql.org/docs/current/sql-createpolicy.html
WITH judged AS MATERIALIZED (
    SELECT p.polrelid, bool_or(p.polpermissive AND p.polcmd = '*') AS all_admitted,
           array_agg(p.polcmd) FILTER (WHERE p.polpermissive) AS admitted,
           array_agg(p.polcmd) FILTER (WHERE NOT p.polpermissive) AS narrowed,
           string_agg(quote_ident(p.polname), ', ' ORDER BY p.polname) FILTER (WHERE NOT p.polpermissive) AS names
    FROM pg_catalog.pg_policy AS p
    WHERE p.oid >= 16384
    GROUP BY p.polrelid
    HAVING NOT bool_and(p.polpermissive)
), denied AS (
    SELECT j.polrelid, j.names, string_agg(c.word, ', ' ORDER BY c.place) AS commands, count(*) AS number
    FROM judged AS j
    CROSS JOIN (VALUES (1, 'r', 'SELECT'), (2, 'a', 'INSERT'), (3, 'w', 'UPDATE'), (4, 'd', 'DELETE')) AS c (place, code, word)
    WHERE NOT j.all_admitted AND j.narrowed && ARRAY[c.code::"char", '*'::"char"]
      AND NOT coalesce(c.code::"char" = ANY (j.admitted), false)
    GROUP BY j.polrelid, j.names
)
SELECT format('%I.%I', n.nspname, t.relname) AS object, t.oid::bigint AS oid, n.nspname::text AS schema,
       t.relname::text AS "table", d.commands, d.names,
       CASE d.number WHEN 4 THEN 'all commands denied' ELSE d.commands || ' denied' END AS evidence
FROM denied AS d
JOIN pg_catalog.pg_class AS t ON t.oid = d.polrelid AND t.relrowsecurity
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
ORDER BY 1
