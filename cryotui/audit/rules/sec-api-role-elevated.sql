-- title: API role is privileged
-- severity: bad
-- group: security
-- kind: role
-- about: A role of the API (anon, authenticated) that is superuser, passes row security, may create roles, databases or
--   replicate; that belongs, over any number of steps, to a role that does, to service_role or to a predefined role such as
--   pg_read_all_data; or that owns schemas, relations or functions. One that may only log in besides is watch.
-- why: Whoever has the key of the web client is this role. An owner passes the row security of its tables, a privileged role
--   that of all.
-- detail: It {reasons}. {advice}
-- shape: ALTER ROLE {role} {attributes};\n-- or\nREVOKE {role} FROM {member};
-- lock: none on a table; ACCESS EXCLUSIVE on what is handed over
-- parameters: api_roles
-- needs: api
-- references: https://www.postgresql.org/docs/current/role-attributes.html;
--   https://docs.postgrest.org/en/stable/references/auth.html
WITH RECURSIVE api AS (
    SELECT r.* FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY ($1::text[])
), edge AS (
    -- from 16 on a membership may be without effect
    SELECT m.member, m.roleid
    FROM pg_catalog.pg_auth_members AS m
    WHERE coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true) OR coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)
), above AS (
    SELECT a.oid AS member, e.roleid AS direct, e.roleid AS reached
    FROM api AS a JOIN edge AS e ON e.member = a.oid
    UNION
    SELECT w.member, w.direct, e.roleid FROM above AS w JOIN edge AS e ON e.member = w.reached
), privileged AS (
    SELECT w.member, w.direct, d.rolname AS direct_name, r.rolname AS reached_name
    FROM above AS w
    JOIN pg_catalog.pg_roles AS r ON r.oid = w.reached
    JOIN pg_catalog.pg_roles AS d ON d.oid = w.direct
    WHERE r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication
       OR r.rolname = 'service_role' OR (r.oid < 16384 AND r.rolname LIKE 'pg\_%')
), belongs AS (
    SELECT p.member, string_agg(DISTINCT quote_ident(p.reached_name), ', ') AS reached, min(p.reached_name) AS first,
           string_agg(DISTINCT format(E'REVOKE %I FROM %I;\n', p.direct_name, a.rolname), '') AS leave,
           string_agg(DISTINCT format(E'GRANT %I TO %I;\n', p.direct_name, a.rolname), '') AS enter
    FROM privileged AS p JOIN api AS a ON a.oid = p.member
    GROUP BY p.member
), owned AS (
    SELECT o.owner, count(*) AS number
    FROM (SELECT c.relowner AS owner FROM pg_catalog.pg_class AS c
          WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't' AND c.relowner IN (SELECT api.oid FROM api)
          UNION ALL
          SELECT p.proowner FROM pg_catalog.pg_proc AS p WHERE p.proowner IN (SELECT api.oid FROM api)
          UNION ALL
          SELECT n.nspowner FROM pg_catalog.pg_namespace AS n WHERE n.nspowner IN (SELECT api.oid FROM api) AND n.nspname !~ '^pg_') AS o
    GROUP BY o.owner
), attribute AS (
    SELECT a.oid, count(*) FILTER (WHERE t.word <> 'LOGIN') AS strong,
           string_agg(t.said, ', ' ORDER BY t.place) AS said, (array_agg(t.said ORDER BY t.place))[1] AS first,
           string_agg('NO' || t.word, ' ' ORDER BY t.place) AS taken, string_agg(t.word, ' ' ORDER BY t.place) AS given
    FROM api AS a
    CROSS JOIN LATERAL (VALUES (1, a.rolsuper, 'SUPERUSER', 'is superuser'), (2, a.rolbypassrls, 'BYPASSRLS', 'passes row security'),
                               (3, a.rolcreaterole, 'CREATEROLE', 'may create roles'), (4, a.rolcreatedb, 'CREATEDB', 'may create databases'),
                               (5, a.rolreplication, 'REPLICATION', 'may replicate'), (6, a.rolcanlogin, 'LOGIN', 'may log in'))
        AS t (place, held, word, said)
    WHERE t.held
    GROUP BY a.oid
)
SELECT quote_ident(a.rolname) AS object, a.rolname::text AS role,
       CASE WHEN t.strong > 0 THEN t.first WHEN b.member IS NOT NULL THEN 'is in ' || b.first
            WHEN o.owner IS NOT NULL THEN format('owns %s objects', o.number) ELSE t.first END AS evidence,
       concat_ws('; ', t.said, CASE WHEN b.member IS NOT NULL THEN 'belongs to ' || b.reached END,
                 CASE WHEN o.owner IS NOT NULL THEN format('owns %s schemas, relations or functions', o.number) END) AS reasons,
       CASE WHEN o.owner IS NOT NULL THEN 'The fix hands what it owns to the owner of the database, and cannot be taken back by one statement.'
            ELSE 'What the API''s own login role needs is the right to become it, no more.' END AS advice,
       CASE WHEN t.strong > 0 OR b.member IS NOT NULL OR o.owner IS NOT NULL THEN NULL ELSE 'watch' END AS severity,
       coalesce('ALTER ROLE ' || quote_ident(a.rolname) || ' ' || t.taken || E';\n', '') || coalesce(b.leave, '')
       || CASE WHEN o.owner IS NOT NULL THEN format(E'REASSIGN OWNED BY %I TO %I;', a.rolname, d.owner) ELSE '' END AS fix,
       CASE WHEN o.owner IS NULL
            THEN coalesce('ALTER ROLE ' || quote_ident(a.rolname) || ' ' || t.given || E';\n', '') || coalesce(b.enter, '') END AS undo
FROM api AS a
CROSS JOIN (SELECT r.rolname AS owner FROM pg_catalog.pg_database AS d JOIN pg_catalog.pg_roles AS r ON r.oid = d.datdba
            WHERE d.datname = current_database()) AS d
LEFT JOIN attribute AS t ON t.oid = a.oid
LEFT JOIN belongs AS b ON b.member = a.oid
LEFT JOIN owned AS o ON o.owner = a.oid
WHERE t.oid IS NOT NULL OR b.member IS NOT NULL OR o.owner IS NOT NULL
ORDER BY 1
