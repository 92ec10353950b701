-- title: Sessions without TLS
-- severity: watch
-- group: security
-- kind: role
-- about: Clients on other machines are connected without TLS now. Addresses of this machine are left out; those of private
--   networks, where a pooler may stand beside the server, are info.
-- why: Everybody on the way reads their statements and rows, and can change them.
-- evidence: {sessions} in plain text
-- detail: {sessions} of {application} from {addresses}. No SQL: sslmode=verify-full at the client, then hostssl in pg_hba.conf.
-- lock: none
-- needs: role:pg_read_all_stats
-- cost: K2
-- parameters: loopback=0
-- references: https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-SSL-VIEW;
--   https://www.postgresql.org/docs/current/libpq-ssl.html
SELECT format('%I', a.usename) AS object, a.usename::text AS "user", count(*) AS n,
       count(*) || CASE WHEN count(*) = 1 THEN ' session' ELSE ' sessions' END AS sessions,
       coalesce(nullif(min(a.application_name), ''), 'unnamed clients') AS application,
       array_to_string((array_agg(DISTINCT host(a.client_addr)))[1:3], ', ')
           || CASE WHEN count(DISTINCT a.client_addr) > 3 THEN format(' and %s more', count(DISTINCT a.client_addr) - 3)
                   ELSE '' END AS addresses,
       CASE WHEN bool_and(place.near) THEN 'info' END AS severity
FROM pg_catalog.pg_stat_ssl AS t
JOIN pg_catalog.pg_stat_activity AS a ON a.pid = t.pid
CROSS JOIN LATERAL (
    SELECT a.client_addr <<= '127.0.0.0/8' OR a.client_addr <<= '::1/128' OR coalesce(a.client_addr = inet_server_addr(), false)
               AS own,
           a.client_addr <<= '10.0.0.0/8' OR a.client_addr <<= '172.16.0.0/12' OR a.client_addr <<= '192.168.0.0/16'
               OR a.client_addr <<= 'fc00::/7' OR a.client_addr <<= 'fe80::/10' AS near
) AS place
-- loopback above 0 counts the sessions of this machine too
WHERE NOT t.ssl AND a.client_addr IS NOT NULL AND (NOT place.own OR $1::int > 0)
GROUP BY a.usename
ORDER BY 1
