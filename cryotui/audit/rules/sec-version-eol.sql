-- title: Major is at its end
-- severity: bad
-- group: security
-- kind: server
-- about: The community has ended, or ends within 365 days, to correct this major version of PostgreSQL. The dates stand in the rule;
--   of a major it does not know the answer is not known.
-- why: After the last release no hole is closed any more, and nobody publishes whether there is one.
-- evidence: {major} {ends} {last_day}
-- detail: Each major is corrected for five years; {major} until {last_day} (dates known on {known}). {advice}
-- lock: an upgrade with downtime, or logical replication to a new server
-- parameters: version=0 days=365
-- references: https://www.postgresql.org/support/versioning/; https://www.postgresql.org/docs/current/upgrading.html
WITH stake AS (
    -- without a table of its own and without another database there is nothing to lose yet
    SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS t
                   WHERE t.oid >= 16384 AND t.relkind IN ('r', 'p', 'm') AND t.relpersistence <> 't')
        OR EXISTS (SELECT FROM pg_catalog.pg_database AS d
                   WHERE d.oid >= 16384 AND NOT d.datistemplate AND d.datname <> current_database()) AS data
), known (major, last_day) AS (
    -- the days of the last minor releases as the community announced them, known on the day below
    VALUES (14, date '2026-11-12'), (15, date '2027-11-11'), (16, date '2028-11-09'), (17, date '2029-11-08'),
           (18, date '2030-11-14')
), list AS (
    SELECT date '2026-11-23' AS day
), server AS (
    -- version: a server_version_num to judge instead of this server's
    SELECT coalesce(nullif($1::int, 0), current_setting('server_version_num')::int) / 10000 AS major
)
SELECT 'server' AS object, s.major::text AS major, k.last_day::text AS last_day, l.day::text AS known,
       CASE WHEN k.last_day < current_date THEN 'ended' ELSE 'ends' END AS ends,
       CASE WHEN k.last_day < current_date THEN 'Upgrade with pg_upgrade, a dump or logical replication; no SQL does it.'
            ELSE 'Plan the upgrade now: pg_upgrade, a dump or logical replication; no SQL does it.' END AS advice,
       CASE WHEN NOT (SELECT data FROM stake) THEN 'info' WHEN k.last_day >= current_date THEN 'watch' END AS severity,
       CASE WHEN k.major IS NULL
            THEN format('the list of %s does not know PostgreSQL %s: https://www.postgresql.org/support/versioning/', l.day, s.major)
       END AS unknown,
       'version' AS unknown_kind
FROM server AS s
CROSS JOIN list AS l
LEFT JOIN known AS k ON k.major = s.major
WHERE k.major IS NULL OR k.last_day - current_date < $2::int
