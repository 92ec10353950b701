-- title: Connections run out
-- severity: watch
-- group: capacity
-- kind: server
-- about: The server, a database or a role has 75% (bad: 90%) of its connections taken. The server's are max_connections without
--   the reserved ones; background processes do not count, and roles that are superusers have no limit of their own.
-- why: At the limit every new connection is refused, that of the application and of whoever comes to help.
-- evidence: {used} of {limit} taken
-- detail: {spread} A pooler shares few connections among many clients; more than some hundreds cost memory and time of their own,
--   and a higher max_connections needs a restart. Idle sessions can be ended.
-- lock: none; ending sessions takes none, max_connections needs a restart
-- cost: K2
-- parameters: watch=0.75 bad=0.9
-- references: https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-MAX-CONNECTIONS; https://www.postgresql.org/docs/current/sql-createrole.html
WITH client AS MATERIALIZED (
    SELECT a.datid, a.usesysid, a.state, nullif(a.application_name, '') AS application_name,
           a.backend_type IS NULL AS masked
    FROM pg_catalog.pg_stat_activity AS a
    -- sessions of others are masked for a role without pg_read_all_stats; those with a user and a database are clients
    WHERE a.backend_type = 'client backend'
       OR (a.backend_type IS NULL AND a.usesysid IS NOT NULL AND a.datid IS NOT NULL)
), room AS (
    SELECT 'server' AS kind, 'server' AS object, (SELECT count(*) FROM client) AS used,
           current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
               -- from 16 on
               - coalesce(current_setting('reserved_connections', true)::int, 0) AS limit,
           NULL::oid AS datid, NULL::oid AS usesysid
    UNION ALL
    SELECT 'database', 'database ' || quote_ident(d.datname), (SELECT count(*) FROM client AS c WHERE c.datid = d.oid),
           d.datconnlimit, d.oid, NULL
    FROM pg_catalog.pg_database AS d
    WHERE d.datconnlimit > 0 AND d.datallowconn
    UNION ALL
    SELECT 'role', 'role ' || quote_ident(r.rolname), (SELECT count(*) FROM client AS c WHERE c.usesysid = r.oid),
           r.rolconnlimit, NULL, r.oid
    FROM pg_catalog.pg_roles AS r
    WHERE r.rolconnlimit > 0 AND r.rolcanlogin AND NOT r.rolsuper
), full_ones AS (
    SELECT r.*, r.used / greatest(r.limit, 1)::float8 AS share
    FROM room AS r WHERE r.used / greatest(r.limit, 1)::float8 >= $1::float8
)
SELECT f.object, f.kind, f.used, f.limit, f.share,
       CASE WHEN f.share >= $2::float8 THEN 'bad' END AS severity,
       concat_ws(' ', spread.states || '.', spread.applications || '.',
                 CASE WHEN spread.masked > 0 THEN format('State and application of %s are hidden from this role.', spread.masked)
                 END) AS spread
FROM full_ones AS f
CROSS JOIN LATERAL (
    SELECT (SELECT string_agg(g.n || ' ' || g.state, ', ' ORDER BY g.n DESC)
            FROM (SELECT c.state, count(*) AS n FROM client AS c
                  WHERE c.state IS NOT NULL AND (f.datid IS NULL OR c.datid = f.datid)
                    AND (f.usesysid IS NULL OR c.usesysid = f.usesysid)
                  GROUP BY c.state) AS g) AS states,
           (SELECT 'Most by ' || string_agg(format('%s (%s)', g.application_name, g.n), ', ' ORDER BY g.n DESC)
            FROM (SELECT c.application_name, count(*) AS n FROM client AS c
                  WHERE c.application_name IS NOT NULL AND (f.datid IS NULL OR c.datid = f.datid)
                    AND (f.usesysid IS NULL OR c.usesysid = f.usesysid)
                  GROUP BY c.application_name ORDER BY 2 DESC, 1 LIMIT 3) AS g) AS applications,
           (SELECT count(*) FROM client AS c
            WHERE c.masked AND (f.datid IS NULL OR c.datid = f.datid) AND (f.usesysid IS NULL OR c.usesysid = f.usesysid))
               AS masked
) AS spread
ORDER BY 1
