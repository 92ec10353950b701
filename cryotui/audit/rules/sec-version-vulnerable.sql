-- title: Minor release is outdated
-- severity: bad
-- group: security
-- kind: server
-- about: The server is behind the newest minor release of its major that this rule knows. The list stands in the rule with its
--   date and needs no network. When it is older than 365 days, when other majors had a release since, or when it does not know the
--   major, then whether the server has the newest one is not known.
-- why: Minor releases carry the corrections for security and for lost data, and nothing else. Whoever knows what was corrected
--   knows how to get into the servers that wait.
-- evidence: {running}, newest known {newest}
-- detail: {newest} is of {released}; known on {known}. A minor release needs new binaries and a restart, no dump and no SQL; read
--   the notes of each release in between first.
-- lock: a restart
-- parameters: version=0 days=365
-- references: https://www.postgresql.org/support/versioning/; https://www.postgresql.org/support/security/
WITH stake AS (
    -- without a table of its own and without another database there is nothing to lose yet
    SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS t
                   WHERE t.oid >= 16384 AND t.relkind IN ('r', 'p', 'm') AND t.relpersistence <> 't')
        OR EXISTS (SELECT FROM pg_catalog.pg_database AS d
                   WHERE d.oid >= 16384 AND NOT d.datistemplate AND d.datname <> current_database()) AS data
), known (major, minor, released) AS (
    -- the newest minor releases known on the day below
    VALUES (14, 24, date '2026-08-13'), (15, 20, date '2026-11-12'), (16, 15, date '2026-08-13'),
           (17, 11, date '2026-08-13'), (18, 6, date '2026-08-13')
), list AS (
    SELECT date '2026-11-23' AS day, max(k.released) AS last FROM known AS k
), server AS (
    -- version: a server_version_num to judge instead of this server's
    SELECT v.number / 10000 AS major, v.number % 10000 AS minor
    FROM (SELECT coalesce(nullif($1::int, 0), current_setting('server_version_num')::int) AS number) AS v
)
SELECT 'server' AS object, format('%s.%s', s.major, s.minor) AS running, format('%s.%s', k.major, k.minor) AS newest,
       k.released::text AS released, l.day::text AS known, k.minor - s.minor AS releases,
       CASE WHEN NOT (SELECT data FROM stake) THEN 'info' END AS severity,
       CASE WHEN k.major IS NULL
            THEN format('the list of %s does not know PostgreSQL %s: https://www.postgresql.org/support/versioning/', l.day, s.major)
            WHEN s.minor = k.minor AND k.released < l.last
            THEN format('%s.%s of %s is the newest the list of %s knows, and other majors had releases on %s: '
                        'https://www.postgresql.org/support/versioning/', k.major, k.minor, k.released, l.day, l.last)
            WHEN s.minor = k.minor
            THEN format('%s.%s was the newest on %s, and that is long ago: https://www.postgresql.org/support/versioning/',
                        k.major, k.minor, l.day)
       END AS unknown,
       'version' AS unknown_kind
FROM server AS s
CROSS JOIN list AS l
LEFT JOIN known AS k ON k.major = s.major
WHERE k.major IS NULL OR s.minor < k.minor
   OR (s.minor = k.minor AND (k.released < l.last OR current_date - l.day > $2::int))
