-- title: auth.users in API
-- severity: bad
-- group: security
-- kind: table
-- about: A view or materialized view that clients of the API may read shows auth.users, itself or through other views, and
--   row level security of auth.users does not hold whoever reads it there. A view with a condition of its own on who asks is
--   watch, with security_barrier info.
-- why: auth.users holds addresses, telephone numbers, password hashes and metadata of every account.
-- detail: {roles} may read it. {columns}{guard}{served} A table of public profiles in its place holds what others may see and
--   no more.
-- shape: REVOKE SELECT ON {relation} FROM {roles};
-- lock: ACCESS SHARE for a moment
-- cost: K1
-- parameters: api_roles api_schemas
-- references: https://supabase.com/docs/guides/auth/managing-user-data; splinter 0002 auth_users_exposed
WITH RECURSIVE
-- with: views,
found AS (
    SELECT DISTINCT o.root, o.reader FROM of_users AS o
),
-- with: guarded,
held AS (
    SELECT v.oid, v.relacl, v.exposed AS names FROM view AS v WHERE v.oid IN (SELECT f.root FROM found AS f)
),
-- with: granted,
shown AS (
    SELECT f.root, string_agg(DISTINCT a.attname::text, ', ') AS names, count(DISTINCT a.attname) AS columns,
           min(a.attname::text) FILTER (WHERE a.attname IN ('encrypted_password', 'email', 'phone')) AS worst
    FROM of_users AS f
    JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = f.reader AND r.ev_type = '1'
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
     AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0
    JOIN users AS u ON u.oid = d.refobjid
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    GROUP BY f.root
)
SELECT format('%I.%I', v.nspname, v.relname) AS object, CASE v.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END AS kind,
       v.oid::bigint AS oid, v.nspname::text AS schema, v.relname::text AS view,
       array_to_string(v.exposed, ' and ') AS roles,
       v.exposed[1] || ' reads ' || coalesce(s.worst, 'auth.users') AS evidence,
       CASE WHEN s.columns <= 8 THEN format('Of auth.users it uses %s. ', s.names)
            WHEN s.columns > 8 THEN format('It uses %s columns of auth.users. ', s.columns) ELSE '' END AS columns,
       CASE WHEN v.relkind = 'm' THEN ''
            WHEN g.barrier THEN 'It has a condition of its own on who asks, behind a security_barrier. '
            WHEN g.asks THEN 'It has a condition of its own on who asks, but no security_barrier. ' ELSE '' END AS guard,
       CASE WHEN $2::text[] IS NULL AND v.nspname <> 'public'
            THEN 'Which schemas the API serves is not known; it may serve this one.'
            WHEN $2::text[] IS NULL THEN 'The API serves public unless it is told otherwise.'
            WHEN v.nspname = ANY ($2::text[]) THEN format('The API serves schema %I.', v.nspname)
            ELSE format('The API does not serve schema %I now.', v.nspname) END AS served,
       CASE WHEN g.barrier AND v.relkind = 'v' OR $2::text[] IS NOT NULL AND v.nspname <> ALL ($2::text[]) THEN 'info'
            WHEN g.asks AND v.relkind = 'v' OR $2::text[] IS NULL AND v.nspname <> 'public' THEN 'watch' ELSE 'bad' END AS severity,
       format('REVOKE SELECT ON %I.%I FROM %s;', v.nspname, v.relname, r.grantees) AS fix,
       CASE WHEN NOT r.by_column THEN format('GRANT SELECT ON %I.%I TO %s;', v.nspname, v.relname, r.grantees) END AS undo
FROM (SELECT DISTINCT root FROM of_users) AS f
JOIN view AS v ON v.oid = f.root
LEFT JOIN guarded AS g ON g.root = f.root
LEFT JOIN shown AS s ON s.root = f.root
LEFT JOIN granted AS r ON r.oid = f.root
ORDER BY 1
