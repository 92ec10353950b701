-- granted: whom SELECT on a relation was granted to so that roles read it; from held (oid, relacl, names: the roles)
granted AS (
    -- whom it was granted to so that these roles read it: they, PUBLIC, or roles they are members of
    SELECT h.oid, string_agg(DISTINCT coalesce(quote_ident(r.rolname), 'PUBLIC'), ', ') AS grantees, bool_or(a.by_column) AS by_column
    FROM held AS h
    CROSS JOIN LATERAL (
        SELECT x.grantee, false AS by_column FROM aclexplode(h.relacl) AS x WHERE x.privilege_type = 'SELECT'
        UNION ALL
        SELECT x.grantee, true FROM pg_catalog.pg_attribute AS c CROSS JOIN aclexplode(c.attacl) AS x
        WHERE c.attrelid = h.oid AND c.attacl IS NOT NULL AND x.privilege_type = 'SELECT'
    ) AS a
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
    WHERE a.grantee = 0 OR EXISTS (SELECT FROM unnest(h.names) AS role (name) WHERE pg_has_role(role.name, a.grantee, 'USAGE'))
    GROUP BY h.oid
)
