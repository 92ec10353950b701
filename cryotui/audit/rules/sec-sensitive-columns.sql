-- title: Sensitive columns exposed
-- severity: bad
-- group: security
-- kind: columns
-- about: A table without row level security on which clients of the API may read a column whose name says password, secret,
--   token, key, card, account or identity number, date of birth or the like. Words of the name count, not parts of words: a
--   number of tokens is none, nor the time of a change. That the table is open at all is sec-rls-disabled-exposed.
-- why: One look at such a column is enough for whoever has the key of the API, and it cannot be taken back.
-- detail: {quoted}: {roles} may read every row of it. {served} The fix leaves them the other columns; SELECT * fails for them then.
-- shape: REVOKE SELECT ON {table} FROM {role};\nGRANT SELECT ({other_columns}) ON {table} TO {role};\n-- or\nREVOKE
--   SELECT ({columns}) ON {table} FROM {role};
-- lock: ACCESS SHARE for a moment
-- needs: api
-- parameters: api_roles api_schemas
-- references: https://www.postgresql.org/docs/current/ddl-priv.html; splinter 0023 sensitive_columns_exposed
WITH candidate AS MATERIALIZED (
    SELECT t.oid, t.relname, n.nspname, array_agg(role.name ORDER BY role.place) AS names
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    CROSS JOIN unnest($1::text[]) WITH ORDINALITY AS role (name, place)
    WHERE t.relkind IN ('r', 'p') AND NOT t.relrowsecurity AND NOT t.relispartition AND t.relpersistence <> 't'
      AND t.oid >= 16384
      AND has_schema_privilege(role.name, n.oid, 'USAGE') AND has_any_column_privilege(role.name, t.oid, 'SELECT')
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
       CASE WHEN c.nspname = ANY ($2::text[]) OR ($2::text[] IS NULL AND c.nspname = 'public') THEN 'bad'
            WHEN $2::text[] IS NULL THEN 'watch' ELSE 'info' END AS severity,
       g.fix, g.undo
FROM found AS f
JOIN candidate AS c ON c.oid = f.attrelid
LEFT JOIN granted AS g ON g.attrelid = f.attrelid
ORDER BY 1
