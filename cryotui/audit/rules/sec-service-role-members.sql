-- title: May become service_role
-- severity: watch
-- group: security
-- kind: role
-- about: A role that may log in, is no superuser and has no BYPASSRLS of its own, but belongs, over any number of steps, to
--   service_role or to another role that passes row security. Told with the sessions it has now and where they come from. The
--   API's own login role (authenticator) and, on Supabase, the platform's roles are info.
-- why: SET ROLE, and no policy protects a row any more. Logins of applications, people and tools that need it not make a leak out
--   of every stolen password.
-- detail: It may become {through}. {seen} {advice}
-- shape: REVOKE {role} FROM {member};
-- lock: none; sessions that are open lose it at their next statement
-- cost: K2
-- references: https://www.postgresql.org/docs/current/role-membership.html; https://supabase.com/docs/guides/api/api-keys
WITH RECURSIVE edge AS (
    -- from 16 on a membership may be without effect
    SELECT m.member, m.roleid
    FROM pg_catalog.pg_auth_members AS m
    WHERE coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true) OR coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)
), passing AS (
    -- first the step that a member itself takes, then what lies above it
    SELECT e.member, e.roleid AS direct, e.roleid AS reached
    FROM edge AS e JOIN pg_catalog.pg_roles AS r ON r.oid = e.member AND r.rolcanlogin AND NOT r.rolsuper AND NOT r.rolbypassrls
    UNION
    SELECT p.member, p.direct, e.roleid FROM passing AS p JOIN edge AS e ON e.member = p.reached
), member AS (
    SELECT p.member, string_agg(DISTINCT quote_ident(t.rolname), ', ') AS through,
           string_agg(DISTINCT format(E'REVOKE %I FROM %I;\n', d.rolname, m.rolname), '') AS leave,
           string_agg(DISTINCT format(E'GRANT %I TO %I;\n', d.rolname, m.rolname), '') AS enter
    FROM passing AS p
    JOIN pg_catalog.pg_roles AS t ON t.oid = p.reached AND (t.rolbypassrls OR t.rolname = 'service_role') AND NOT t.rolsuper
    JOIN pg_catalog.pg_roles AS d ON d.oid = p.direct
    JOIN pg_catalog.pg_roles AS m ON m.oid = p.member
    GROUP BY p.member
), session AS (
    SELECT s.usesysid, count(*) AS number,
           string_agg(DISTINCT coalesce(host(s.client_addr), 'this machine'), ', ') AS origins,
           string_agg(DISTINCT quote_ident(nullif(s.application_name, '')), ', ') AS applications
    FROM pg_catalog.pg_stat_activity AS s
    WHERE s.usesysid IN (SELECT m.member FROM member AS m)
    GROUP BY s.usesysid
), platform AS (
    SELECT count(*) = 3 AS yes FROM pg_catalog.pg_roles AS r WHERE r.rolname IN ('anon', 'authenticated', 'service_role')
)
SELECT quote_ident(r.rolname) AS object, r.rolname::text AS "user", m.through, coalesce(s.number, 0) AS sessions,
       CASE WHEN s.number IS NULL THEN 'no session now'
            WHEN sight.whole THEN s.number || CASE s.number WHEN 1 THEN ' session' ELSE ' sessions' END || ' from ' || s.origins
            ELSE s.number || CASE s.number WHEN 1 THEN ' session now' ELSE ' sessions now' END END AS evidence,
       CASE WHEN s.number IS NULL THEN 'It has no session now.'
            WHEN sight.whole THEN format('Its sessions come from %s%s.', s.origins, coalesce(' as ' || s.applications, ''))
            ELSE format('Where its sessions come from is seen by members of pg_read_all_stats: GRANT pg_read_all_stats TO %I.', current_user)
       END AS seen,
       CASE WHEN kept.by_platform THEN 'That is how the platform is made; look where its keys and passwords are.'
            ELSE 'Does it need that? The fix takes the membership away, with all other rights it brings.' END AS advice,
       CASE WHEN kept.by_platform THEN 'info' END AS severity,
       CASE WHEN NOT kept.by_platform THEN m.leave END AS fix, CASE WHEN NOT kept.by_platform THEN m.enter END AS undo
FROM member AS m
JOIN pg_catalog.pg_roles AS r ON r.oid = m.member
CROSS JOIN platform
LEFT JOIN session AS s ON s.usesysid = m.member
CROSS JOIN LATERAL (
    SELECT r.rolname = 'authenticator' OR (platform.yes AND (r.rolname = 'postgres' OR r.rolname LIKE 'supabase\_%')) AS by_platform
) AS kept
CROSS JOIN LATERAL (
    SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') OR pg_has_role(current_user, m.member, 'USAGE') AS whole
) AS sight
ORDER BY 1
