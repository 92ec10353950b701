-- title: New objects open to all
-- severity: watch
-- group: security
-- kind: schema
-- about: Default privileges that grant tables, functions or sequences which a role makes later to anon, authenticated or PUBLIC.
--   Info for sequences, for schemas that the API does not serve, and where the role that audits may not change them.
-- why: A new table is on the web the moment it is made, before anybody has thought of its row security.
-- detail: What {role} creates{where} is granted to {names} ({privileges}). {advice}
-- shape: ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} REVOKE {rights} ON {kind} FROM {roles};\n--
--   or\nALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE {rights} ON {kind} FROM {roles};
-- lock: none; objects that exist keep their rights
-- parameters: api_roles api_schemas
-- references: https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html;
--   https://supabase.com/docs/guides/api/securing-your-api
WITH item AS (
    SELECT d.oid, d.defaclrole, d.defaclobjtype, d.defaclnamespace, r.rolname, n.nspname, a.grantee, a.privilege_type,
           CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(g.rolname) END AS name
    FROM pg_catalog.pg_default_acl AS d
    JOIN pg_catalog.pg_roles AS r ON r.oid = d.defaclrole
    LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = d.defaclnamespace
    CROSS JOIN aclexplode(d.defaclacl) AS a
    LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = a.grantee
    WHERE d.defaclobjtype IN ('r', 'f', 'S') AND (a.grantee = 0 OR g.rolname = ANY ($1::text[]))
      -- what every function is born with is no decision of anybody
      AND NOT (d.defaclnamespace = 0 AND d.defaclobjtype = 'f' AND a.grantee = 0)
), together AS (
    SELECT i.oid, i.defaclrole, i.defaclobjtype, i.defaclnamespace, i.rolname, i.nspname,
           string_agg(DISTINCT i.name, ', ') AS names, string_agg(DISTINCT i.privilege_type, ', ') AS privileges,
           min(i.name) AS first, count(DISTINCT i.name) AS grantees,
           CASE i.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'f' THEN 'FUNCTIONS' ELSE 'SEQUENCES' END AS word
    FROM item AS i
    GROUP BY i.oid, i.defaclrole, i.defaclobjtype, i.defaclnamespace, i.rolname, i.nspname
), undo AS (
    SELECT e.oid, string_agg(format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s GRANT %s ON %s TO %s;', e.rolname,
                                    coalesce(' IN SCHEMA ' || quote_ident(e.nspname), ''), e.privileges, e.word, e.name),
                             E'\n' ORDER BY e.name) AS sql
    FROM (SELECT i.oid, i.rolname, i.nspname, i.name, t.word, string_agg(DISTINCT i.privilege_type, ', ') AS privileges
          FROM item AS i JOIN together AS t ON t.oid = i.oid
          GROUP BY i.oid, i.rolname, i.nspname, i.name, t.word) AS e
    GROUP BY e.oid
)
SELECT format('%I: %s', t.rolname, lower(t.word)) || coalesce(' in ' || quote_ident(t.nspname), '') AS object,
       t.nspname::text AS schema, quote_ident(t.rolname) AS role, t.names, t.privileges,
       coalesce(' in schema ' || quote_ident(t.nspname), '') AS "where",
       t.first || CASE WHEN t.grantees > 1 THEN ' and ' || t.grantees - 1 || ' more' ELSE '' END || ', new ' || lower(t.word) AS evidence,
       CASE WHEN NOT may.change THEN format('%s may not change them: a member of %I can.', quote_ident(current_user), t.rolname)
            WHEN t.defaclobjtype = 'r' THEN 'With the fix, a migration grants each new table to whom it is meant for.'
            WHEN t.defaclobjtype = 'f' THEN 'Functions are open to PUBLIC from birth besides, unless that is revoked for all schemas of the role.'
            ELSE 'With the fix, a migration grants each new sequence to whom it is meant for.' END AS advice,
       CASE WHEN t.defaclobjtype = 'S' OR NOT may.change THEN 'info'
            WHEN t.nspname IS NULL OR t.nspname = ANY ($2::text[]) OR ($2::text[] IS NULL AND t.nspname = 'public') THEN NULL
            ELSE 'info' END AS severity,
       CASE WHEN may.change
            THEN format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s REVOKE ALL ON %s FROM %s;', t.rolname,
                        coalesce(' IN SCHEMA ' || quote_ident(t.nspname), ''), t.word, t.names) END AS fix,
       CASE WHEN may.change THEN u.sql END AS undo
FROM together AS t
JOIN undo AS u ON u.oid = t.oid
CROSS JOIN LATERAL (SELECT pg_has_role(current_user, t.defaclrole, 'USAGE') AS change) AS may
ORDER BY 1
