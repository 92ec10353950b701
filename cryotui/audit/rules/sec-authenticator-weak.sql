-- title: Authenticator too strong
-- severity: bad
-- group: security
-- kind: role
-- about: The role authenticator, with which the API logs in, is superuser, passes row security, may create roles or belongs,
--   over any number of steps, to a role that does or to a predefined role. service_role is one of the roles that requests ask
--   for and is left out. That it inherits the rights of its roles instead of only becoming one of them is watch.
-- why: It is meant to have no right of its own until it becomes the role of the request. What it has besides, a forged token, a
--   request without a role or a flaw of the API gets.
-- detail: It {reasons}. {advice}
-- shape: ALTER ROLE authenticator {attributes};\nREVOKE {role} FROM authenticator;\nGRANT {roles} TO authenticator
--   WITH INHERIT FALSE;
-- lock: none
-- needs: api
-- references: https://docs.postgrest.org/en/stable/references/auth.html;
--   https://www.postgresql.org/docs/current/role-membership.html
WITH RECURSIVE login AS (
    SELECT r.* FROM pg_catalog.pg_roles AS r WHERE r.rolname = 'authenticator'
), edge AS (
    -- from 16 on each membership has its own options
    SELECT m.member, m.roleid, (to_jsonb(m) ->> 'inherit_option')::boolean AS inherits,
           coalesce((to_jsonb(m) ->> 'set_option')::boolean, true) AS sets
    FROM pg_catalog.pg_auth_members AS m
), above AS (
    SELECT l.oid AS member, e.roleid AS direct, e.roleid AS reached
    FROM login AS l JOIN edge AS e ON e.member = l.oid
    WHERE coalesce(e.inherits, true) OR e.sets
    UNION
    SELECT w.member, w.direct, e.roleid FROM above AS w JOIN edge AS e ON e.member = w.reached WHERE coalesce(e.inherits, true) OR e.sets
), privileged AS (
    SELECT d.rolname AS direct_name, r.rolname AS reached_name
    FROM above AS w
    JOIN pg_catalog.pg_roles AS r ON r.oid = w.reached
    JOIN pg_catalog.pg_roles AS d ON d.oid = w.direct
    WHERE d.rolname <> 'service_role'
      AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication
           OR (r.oid < 16384 AND r.rolname LIKE 'pg\_%'))
), belongs AS (
    SELECT string_agg(DISTINCT quote_ident(p.reached_name), ', ') AS reached, min(p.reached_name) AS first,
           string_agg(DISTINCT format(E'REVOKE %I FROM authenticator;\n', p.direct_name), '') AS leave,
           string_agg(DISTINCT format(E'GRANT %I TO authenticator;\n', p.direct_name), '') AS enter
    FROM privileged AS p
), inherited AS (
    SELECT string_agg(quote_ident(r.rolname), ', ' ORDER BY r.rolname) AS names, bool_or(e.inherits IS NOT NULL) AS by_membership
    FROM login AS l
    JOIN edge AS e ON e.member = l.oid AND coalesce(e.inherits, l.rolinherit)
    JOIN pg_catalog.pg_roles AS r ON r.oid = e.roleid
    WHERE r.rolname NOT IN (SELECT p.direct_name FROM privileged AS p)
), attribute AS (
    SELECT count(*) AS strong, string_agg(t.said, ', ' ORDER BY t.place) AS said, (array_agg(t.said ORDER BY t.place))[1] AS first,
           string_agg('NO' || t.word, ' ' ORDER BY t.place) AS taken, string_agg(t.word, ' ' ORDER BY t.place) AS given
    FROM login AS l
    CROSS JOIN LATERAL (VALUES (1, l.rolsuper, 'SUPERUSER', 'is superuser'), (2, l.rolbypassrls, 'BYPASSRLS', 'passes row security'),
                               (3, l.rolcreaterole, 'CREATEROLE', 'may create roles'), (4, l.rolcreatedb, 'CREATEDB', 'may create databases'),
                               (5, l.rolreplication, 'REPLICATION', 'may replicate')) AS t (place, held, word, said)
    WHERE t.held
)
SELECT 'authenticator' AS object, 'authenticator' AS role,
       CASE WHEN t.strong > 0 THEN t.first WHEN b.reached IS NOT NULL THEN 'is in ' || b.first ELSE 'inherits its roles'' rights' END AS evidence,
       concat_ws('; ', t.said, 'belongs to ' || b.reached, 'has the rights of ' || i.names || ' without becoming it') AS reasons,
       CASE WHEN i.names IS NOT NULL AND i.by_membership
            THEN 'Since 16 each membership says whether it inherits; NOINHERIT of the role is for memberships to come.'
            ELSE 'It needs LOGIN NOINHERIT and membership in the roles of requests, no more.' END AS advice,
       CASE WHEN t.strong = 0 AND b.reached IS NULL THEN 'watch' END AS severity, NULL::text AS unknown, NULL::text AS unknown_kind,
       coalesce('ALTER ROLE authenticator ' || t.taken || E';\n', '') || coalesce(b.leave, '')
       || CASE WHEN i.names IS NULL THEN ''
               WHEN i.by_membership THEN format('GRANT %s TO authenticator WITH INHERIT FALSE;', i.names)
               ELSE 'ALTER ROLE authenticator NOINHERIT;' END AS fix,
       coalesce('ALTER ROLE authenticator ' || t.given || E';\n', '') || coalesce(b.enter, '')
       || CASE WHEN i.names IS NULL THEN ''
               WHEN i.by_membership THEN format('GRANT %s TO authenticator WITH INHERIT TRUE;', i.names)
               ELSE 'ALTER ROLE authenticator INHERIT;' END AS undo
FROM login AS l
CROSS JOIN attribute AS t
CROSS JOIN belongs AS b
CROSS JOIN inherited AS i
WHERE t.strong > 0 OR b.reached IS NOT NULL OR i.names IS NOT NULL
UNION ALL
SELECT 'authenticator', NULL, NULL, NULL, NULL, NULL, 'no role of that name exists: which role the API logs in with is not known', 'role', NULL, NULL
WHERE NOT EXISTS (SELECT FROM login)
