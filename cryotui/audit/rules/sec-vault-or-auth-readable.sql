-- title: Logins, secrets readable
-- severity: bad
-- group: security
-- kind: table
-- about: PUBLIC or a role of the API may read a table, view or column of a schema that keeps logins, secrets or what is sent
--   with them: auth, vault, pgsodium, cron, net. Where row security is on, it counts only with a policy for that role, as watch.
-- why: Password hashes, tokens, decrypted secrets and headers with keys are there. A mistake in one view, function or exposed
--   schema is enough to give them all away.
-- detail: {rights}. {closed}
-- shape: REVOKE SELECT ON {relation} FROM {roles};
-- lock: ACCESS SHARE for a moment
-- parameters: api_roles
-- references: https://www.postgresql.org/docs/current/sql-revoke.html; https://supabase.com/docs/guides/database/vault
WITH asked (name, oid, place) AS (
    SELECT 'public', 0::oid, 0
    UNION ALL
    SELECT r.rolname::text, r.oid, 1 FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY ($1::text[])
), relation AS (
    SELECT c.oid, c.relname, c.relkind, c.relacl, c.relowner, c.relrowsecurity, n.nspname, n.oid AS namespace,
           format('%I.%I', n.nspname, c.relname) AS object
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('auth', 'vault', 'pgsodium', 'cron', 'net') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND c.relpersistence <> 't' AND c.oid >= 16384
), reader AS (
    SELECT r.oid, a.name, a.place, r.relrowsecurity
    FROM relation AS r
    CROSS JOIN asked AS a
    WHERE has_any_column_privilege(a.name, r.oid, 'SELECT') AND has_schema_privilege(a.name, r.namespace, 'USAGE')
      AND (NOT r.relrowsecurity
           OR EXISTS (SELECT FROM pg_catalog.pg_policy AS p
                      WHERE p.polrelid = r.oid AND p.polpermissive AND p.polcmd IN ('r', '*')
                        AND EXISTS (SELECT FROM unnest(p.polroles) AS named (oid)
                                    WHERE named.oid = 0 OR (a.oid <> 0 AND pg_has_role(a.oid, named.oid, 'USAGE')))))
), readers AS (
    SELECT x.oid, bool_or(x.name = 'public') AS by_all,
           string_agg(x.name, ', ' ORDER BY x.place, x.name) FILTER (WHERE x.name <> 'public') AS names,
           (array_agg(x.name ORDER BY x.place, x.name))[1] AS first
    FROM reader AS x
    GROUP BY x.oid
), granted AS (
    -- what makes them readers, on the relation and on its columns
    SELECT r.oid, a.grantee, NULL::text AS column_name
    FROM relation AS r
    CROSS JOIN aclexplode(r.relacl) AS a
    WHERE a.privilege_type = 'SELECT' AND r.oid IN (SELECT readers.oid FROM readers)
    UNION ALL
    SELECT t.attrelid, a.grantee, quote_ident(t.attname)
    FROM pg_catalog.pg_attribute AS t
    CROSS JOIN aclexplode(t.attacl) AS a
    WHERE a.privilege_type = 'SELECT' AND NOT t.attisdropped AND t.attrelid IN (SELECT readers.oid FROM readers)
), taken AS (
    SELECT g.oid, grantee.name, string_agg(g.column_name, ', ' ORDER BY g.column_name) AS columns,
           bool_or(g.column_name IS NULL) AS whole
    FROM granted AS g
    LEFT JOIN pg_catalog.pg_roles AS o ON o.oid = g.grantee
    CROSS JOIN LATERAL (SELECT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(o.rolname) END AS name) AS grantee
    WHERE g.grantee = 0 OR EXISTS (SELECT FROM asked AS a WHERE a.oid <> 0 AND pg_has_role(a.oid, g.grantee, 'USAGE'))
    GROUP BY g.oid, grantee.name
), statements AS (
    SELECT t.oid, string_agg(t.name, ', ' ORDER BY t.name) AS names, bool_or(NOT t.whole) AS by_column,
           string_agg(format('GRANT SELECT%s ON %s TO %s;', CASE WHEN t.whole THEN '' ELSE format(' (%s)', t.columns) END,
                             r.object, t.name), E'\n' ORDER BY t.name) AS undo
    FROM taken AS t
    JOIN relation AS r ON r.oid = t.oid
    GROUP BY t.oid
)
SELECT r.object, CASE r.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'table' END AS kind,
       r.nspname::text AS schema, r.relname::text AS "table",
       -- an extension answers for the rights it gave itself, nobody else for those that came later
       CASE WHEN i.initprivs IS NOT DISTINCT FROM r.relacl AND r.relacl IS NOT NULL THEN 'pg_catalog.pg_class'::regclass::oid::bigint END
           AS classid,
       CASE WHEN i.initprivs IS NOT DISTINCT FROM r.relacl AND r.relacl IS NOT NULL THEN r.oid::bigint END AS objid,
       CASE WHEN x.by_all THEN 'Every role may read ' ELSE x.names || ' may read ' END
       || CASE WHEN s.by_column AND r.relkind <> 'v' THEN 'columns of it' ELSE 'it' END AS rights,
       CASE WHEN r.relrowsecurity THEN 'Row security is on, its policies decide which rows.' ELSE 'Nothing filters its rows.' END AS closed,
       CASE WHEN x.by_all THEN 'every role' ELSE x.first END || CASE WHEN s.by_column THEN ' reads columns' ELSE ' may read it' END AS evidence,
       CASE WHEN r.relrowsecurity THEN 'watch' END AS severity,
       'REVOKE SELECT ON ' || r.object || ' FROM ' || s.names || ';' AS fix, s.undo
FROM readers AS x
JOIN relation AS r ON r.oid = x.oid
LEFT JOIN statements AS s ON s.oid = r.oid
LEFT JOIN pg_catalog.pg_init_privs AS i ON i.classoid = 'pg_catalog.pg_class'::regclass AND i.objoid = r.oid AND i.objsubid = 0
ORDER BY 1
