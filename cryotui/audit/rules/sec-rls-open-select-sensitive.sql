-- title: Sensitive columns, open RLS
-- severity: bad
-- group: security
-- kind: columns
-- about: A table with row level security on which a permissive policy that is always true lets clients of the API read every
--   row, no restrictive policy narrows it, and they may read a column whose name says password, secret, token, key, card,
--   account or identity number, date of birth or the like. Bad before login, watch after login. The policy itself is
--   sec-rls-always-true, tables without row security are sec-sensitive-columns.
-- why: A table of public profiles may be open; a secret in one of its columns is open with it.
-- detail: {quoted}: {roles} may read every row of it through policy {policy}. {served} The fix leaves them the other columns; SELECT * fails for them then.
-- shape: REVOKE SELECT ON {table} FROM {role};\nGRANT SELECT ({other_columns}) ON {table} TO {role};\n-- or\nREVOKE
--   SELECT ({columns}) ON {table} FROM {role};
-- lock: ACCESS SHARE for a moment
-- needs: api
-- parameters: api_roles api_schemas
-- references: https://www.postgresql.org/docs/current/ddl-priv.html;
--   https://supabase.com/docs/guides/database/postgres/column-level-security
WITH policy AS MATERIALIZED (
    SELECT p.polrelid, p.polname, p.polroles
    FROM pg_catalog.pg_policy AS p
    JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid AND t.relrowsecurity
    CROSS JOIN LATERAL (SELECT p.polqual::text AS raw OFFSET 0) AS tree
    WHERE p.polpermissive AND p.polcmd IN ('r', '*') AND p.oid >= 16384
      AND p.polroles && (SELECT array_agg(r.oid) || 0::oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY ($1::text[]))
      -- true; NOT false; (SELECT true); OR true; x = x of two equal constants
      AND CASE WHEN tree.raw LIKE '{CONST%' THEN tree.raw ~ '^\{CONST :consttype 16 .*:constisnull false .*:constvalue 1 \[ 1 '
               WHEN tree.raw LIKE '{BOOLEXPR :boolop not%'
               THEN tree.raw ~ '^\{BOOLEXPR :boolop not :args \(\{CONST :consttype 16 [^{}]*:constisnull false [^{}]*:constvalue 1 \[ 0 '
               WHEN tree.raw LIKE '{BOOLEXPR :boolop or%'
               THEN tree.raw ~ '^\{BOOLEXPR :boolop or :args \(([^{}]|\{[^{}]*\}|\{([^{}]|\{[^{}]*\})*\})*\{CONST :consttype 16 [^{}]*:constisnull false [^{}]*:constvalue 1 \[ 1 '
                    AND tree.raw !~ 'SUBLINK|BOOLEXPR.*BOOLEXPR|CASE'
               WHEN tree.raw LIKE '{SUBLINK :subLinkType 4%'
               THEN tree.raw ~ ':rtable <>.*:fromlist <> :quals <>.*:targetList \(\{TARGETENTRY :expr \{CONST :consttype 16 [^{}]*:constisnull false [^{}]*:constvalue 1 \[ 1 .*:havingQual <>.*:limitOffset <> :limitCount <>'
               WHEN tree.raw LIKE '{OPEXPR%' AND strpos(left(tree.raw, 300), ':args ({CONST ') = 0 THEN false
               WHEN tree.raw LIKE '{OPEXPR%'
               THEN regexp_replace(tree.raw, ' :location -?\d+', '', 'g')
                    ~ ('^\{OPEXPR :opno (' || (SELECT string_agg(o.oid::text, '|') FROM pg_catalog.pg_operator AS o
                       WHERE o.oprname IN ('=', '<=', '>=') AND o.oprleft = o.oprright AND o.oid < 16384)
                       || ') [^{}]*:args \((\{CONST [^{}]*:constisnull false [^{}]*\}) \2\)')
               WHEN tree.raw LIKE '{NULLTEST :arg {VAR :varno 1 %:nulltesttype 1 %'
               THEN EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
                            WHERE a.attrelid = p.polrelid AND a.attnotnull
                              AND a.attnum = substring(tree.raw FROM ':varattno (\d+) ')::int)
               ELSE false END
), candidate AS MATERIALIZED (
    SELECT t.oid, t.relname, n.nspname, array_agg(DISTINCT role.name ORDER BY role.name) AS names,
           min(quote_ident(p.polname)) AS policy
    FROM policy AS p
    JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    JOIN pg_catalog.pg_roles AS r ON r.rolname = ANY ($1::text[])
    CROSS JOIN LATERAL (SELECT r.rolname::text AS name) AS role
    WHERE EXISTS (SELECT FROM unnest(p.polroles) AS o WHERE o = 0 OR pg_has_role(r.oid, o, 'USAGE'))
      AND has_schema_privilege(r.oid, n.oid, 'USAGE') AND has_any_column_privilege(r.oid, t.oid, 'SELECT')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy AS x CROSS JOIN unnest(x.polroles) AS o
                      WHERE x.polrelid = t.oid AND NOT x.polpermissive AND x.polcmd IN ('r', '*')
                        AND (o = 0 OR pg_has_role(r.oid, o, 'USAGE')))
    GROUP BY t.oid, t.relname, n.nspname
),
-- with: sensitive-columns
SELECT format('%I.%I', c.nspname, c.relname) AS object, c.oid::bigint AS oid, c.nspname::text AS schema,
       c.relname::text AS "table", f.columns, f.quoted,
       f.names[1] || ' reads ' || f.columns[1]
           || CASE WHEN cardinality(f.columns) > 1 THEN ' +' || cardinality(f.columns) - 1 ELSE '' END AS evidence,
       array_to_string(f.names, ' and ') AS roles,
       CASE WHEN $2::text[] IS NULL AND c.nspname <> 'public'
            THEN 'Which schemas the API serves is not known; it may serve this one.'
            WHEN $2::text[] IS NULL THEN 'The API serves public unless it is told otherwise.'
            WHEN c.nspname = ANY ($2::text[]) THEN format('The API serves schema %I.', c.nspname)
            ELSE format('The API does not serve schema %I now.', c.nspname) END AS served,
       c.policy,
       CASE WHEN $2::text[] IS NOT NULL AND c.nspname <> ALL ($2::text[]) THEN 'info'
            WHEN 'anon' = ANY (f.names) AND (c.nspname = 'public' OR $2::text[] IS NOT NULL) THEN 'bad' ELSE 'watch' END AS severity,
       g.fix, g.undo
FROM found AS f
JOIN candidate AS c ON c.oid = f.attrelid
LEFT JOIN granted AS g ON g.attrelid = f.attrelid
ORDER BY 1
