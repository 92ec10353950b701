-- title: Several permissive policies
-- severity: info
-- group: performance
-- kind: table
-- about: More than one permissive policy of a table with row security on applies to the same command of the same role; those
--   for PUBLIC apply to every role. One finding a table.
-- why: They are joined with OR, so each of them is worked out for every row that the others refuse, and no index serves
--   the OR as well as one condition.
-- detail: {which}. One policy with both conditions costs less to plan; when you merge, mind that a policy FOR ALL merged with
--   one FOR SELECT must not widen DELETE. Several policies are often the clearer design, so no SQL is offered.
-- lock: ACCESS EXCLUSIVE for a moment, whenever a policy is changed
-- references: https://www.postgresql.org/docs/current/sql-createpolicy.html; splinter 0006 multiple_permissive_policies
WITH permissive AS MATERIALIZED (
    SELECT p.oid, p.polrelid, p.polname, p.polcmd, p.polroles
    FROM pg_catalog.pg_policy AS p
    WHERE p.polpermissive AND p.oid >= 16384
), several AS (
    SELECT p.polrelid FROM permissive AS p
    JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid AND t.relrowsecurity AND t.relpersistence <> 't'
    GROUP BY p.polrelid
    -- cheaply: two at least of which one is for all commands, or two for the same command
    HAVING count(*) > 1 AND (bool_or(p.polcmd = '*') OR count(DISTINCT p.polcmd) < count(*))
), part AS MATERIALIZED (
    SELECT p.polrelid, p.polname, command.code, command.word, command.place, role.oid AS role
    FROM several AS s
    JOIN permissive AS p ON p.polrelid = s.polrelid
    JOIN (VALUES ('r', 'SELECT', 1), ('a', 'INSERT', 2), ('w', 'UPDATE', 3), ('d', 'DELETE', 4)) AS command (code, word, place)
      ON p.polcmd = '*' OR p.polcmd::text = command.code
    CROSS JOIN LATERAL unnest(p.polroles) AS role (oid)
), own AS (
    SELECT p.polrelid, p.place, p.word, p.role, array_agg(p.polname) AS names FROM part AS p GROUP BY p.polrelid, p.place, p.word, p.role
), effective AS (
    SELECT o.polrelid, o.place, o.word, o.role,
           ARRAY(SELECT quote_ident(name) FROM unnest(o.names || coalesce(everybody.names, '{}')) AS name ORDER BY 1) AS names
    FROM own AS o
    LEFT JOIN own AS everybody
      ON everybody.polrelid = o.polrelid AND everybody.place = o.place AND everybody.role = 0 AND o.role <> 0
    WHERE cardinality(o.names || coalesce(everybody.names, '{}')) > 1
), grouped AS (
    -- roles and commands that meet the same policies stand together
    SELECT e.polrelid, e.names, e.roles, min(e.place) AS place, string_agg(e.word, ', ' ORDER BY e.place) AS words
    FROM (
        SELECT e.polrelid, e.place, e.word, e.names,
               string_agg(coalesce(quote_ident(r.rolname), 'public'), ', ' ORDER BY r.rolname NULLS FIRST) AS roles
        FROM effective AS e LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = e.role
        GROUP BY e.polrelid, e.place, e.word, e.names
    ) AS e
    GROUP BY e.polrelid, e.names, e.roles
), found AS (
    SELECT g.polrelid, max(cardinality(g.names)) AS most,
           string_agg(format('%s by %s: %s', g.words, g.roles, array_to_string(g.names, ', ')), '; ' ORDER BY g.place, g.roles) AS which,
           (array_agg(split_part(g.words, ',', 1) ORDER BY cardinality(g.names) DESC, g.place))[1] AS word
    FROM grouped AS g GROUP BY g.polrelid
)
SELECT format('%I.%I', n.nspname, t.relname) AS object, t.oid::bigint AS oid, n.nspname::text AS schema, t.relname::text AS "table",
       CASE WHEN t.reltuples >= 0 THEN t.reltuples::bigint END AS rows, f.most AS policies,
       CASE WHEN length(f.which) > 600 THEN left(f.which, 600) || ' ...' ELSE f.which END AS which,
       f.most || ' apply to ' || f.word AS evidence
FROM found AS f
JOIN pg_catalog.pg_class AS t ON t.oid = f.polrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
ORDER BY 1
