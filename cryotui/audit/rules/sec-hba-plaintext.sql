-- title: Login without TLS allowed
-- severity: bad
-- group: security
-- kind: pg_hba
-- about: A line of pg_hba.conf takes clients of other machines without TLS, by hostnossl, or by host although TLS is on. It is
--   info while the server listens on no outside address.
-- why: A client that does not ask for TLS gets none and is not told: its statements and rows are open on the way, and whoever
--   stands between can answer in place of the server.
-- evidence: {kind_of_line} takes plain text
-- detail: Line {line} of pg_hba.conf{reason}. No SQL: once every client speaks TLS (pg_stat_ssl shows who does not), write hostssl
--   and reload.
-- lock: none; the server reads the file at the reload, sessions go on
-- references: https://www.postgresql.org/docs/current/ssl-tcp.html; https://www.postgresql.org/docs/current/auth-pg-hba-conf.html
SELECT 'pg_hba.conf' AS object,
       CASE WHEN NOT has_function_privilege('pg_catalog.pg_hba_file_rules()', 'EXECUTE')
            THEN quote_ident(current_user) || ' may not read the rules of pg_hba.conf' END AS unknown,
       CASE WHEN NOT has_function_privilege('pg_catalog.pg_hba_file_rules()', 'EXECUTE')
            THEN format('GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO %I;', current_user) END AS remedy,
       'privilege' AS unknown_kind,
       $question$
       -- order of the file; the first line that matches decides, so what stands behind a general reject is dead
       WITH line AS (
           SELECT coalesce((to_jsonb(h) ->> 'rule_number')::int, h.line_number) AS place, h.line_number, h.type, h.database,
                  h.user_name, h.address, h.auth_method, h.options,
                  array_to_string(h.database, ',') AS databases, array_to_string(h.user_name, ',') AS users,
                  CASE WHEN h.netmask IS NOT NULL AND h.address !~ '%'
                       THEN set_masklen(h.address::inet, masks.bits) END AS net
           FROM pg_catalog.pg_hba_file_rules() AS h
           LEFT JOIN LATERAL (
               SELECT b.bits FROM generate_series(0, CASE WHEN h.netmask LIKE '%:%' THEN 128 ELSE 32 END) AS b (bits)
               WHERE h.netmask IS NOT NULL
                 AND network(set_masklen((CASE WHEN h.netmask LIKE '%:%' THEN 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'
                                               ELSE '255.255.255.255' END)::inet, b.bits)) = set_masklen(h.netmask::inet, b.bits)
                 AND host(network(set_masklen(h.netmask::inet, b.bits)))::inet = h.netmask::inet
               ORDER BY b.bits LIMIT 1
           ) AS masks ON true
           WHERE h.error IS NULL
       ), seen AS (
           SELECT l.*, l.type || ' ' || l.databases || ' ' || l.users
                       || coalesce(' ' || coalesce(CASE WHEN l.net IS NOT NULL THEN host(l.net) || '/' || masklen(l.net) END,
                                                   l.address), '') || ' ' || l.auth_method AS text,
                  l.type = 'local' OR l.address IN ('samehost', 'localhost')
                      OR coalesce(l.net <<= '127.0.0.0/8' OR l.net <<= '::1/128', false) AS own,
                  EXISTS (SELECT FROM unnest(string_to_array(current_setting('listen_addresses'), ',')) AS part
                          WHERE btrim(part) NOT IN ('', 'localhost', '::1') AND btrim(part) NOT LIKE '127.%') AS reached,
                  btrim(current_setting('listen_addresses')) <> '' AS listens,
                  current_setting('unix_socket_permissions') = '0700' AS closed
           FROM line AS l
           WHERE NOT EXISTS (SELECT FROM line AS e
                             WHERE e.place < l.place AND e.auth_method = 'reject' AND e.type = 'host' AND l.type <> 'local'
                               AND 'all' = ANY (e.database) AND NOT 'replication' = ANY (l.database) AND 'all' = ANY (e.user_name)
                               AND (e.address = 'all' OR e.net >>= l.net))
       )
       SELECT s.text AS object, min(s.line_number) AS line, s.type AS kind_of_line,
              CASE WHEN NOT s.reached THEN '; the server listens on no outside address now' ELSE '' END AS reason,
              CASE WHEN NOT s.reached THEN 'info' END AS severity
       FROM seen AS s
       WHERE (s.type = 'hostnossl' OR (s.type = 'host' AND current_setting('ssl') = 'on'))
         AND s.auth_method <> 'reject' AND NOT s.own
       GROUP BY s.text, s.type, s.reached
       ORDER BY 2
       $question$ AS question
