-- title: Login from anywhere
-- severity: bad
-- group: security
-- kind: pg_hba
-- about: A line of pg_hba.conf that is no reject takes clients from every address, or from a network wider than a /16 (IPv4) or a
--   /48 (IPv6). Inside the private ranges, or with a certificate of the client, it is watch; info while the server listens on no
--   outside address.
-- why: Then only the password stands between the server and everybody who guesses; the next hole before the login is open to
--   all of them.
-- detail: Line {line} of pg_hba.conf{reason}. No SQL: write the networks the clients are in and reload. A firewall in front does not
--   show here.
-- lock: none; the server reads the file at the reload, sessions go on
-- references: https://www.postgresql.org/docs/current/auth-pg-hba-conf.html
-- parameters: ipv4=16 ipv6=48
SELECT 'pg_hba.conf' AS object,
       CASE WHEN NOT has_function_privilege('pg_catalog.pg_hba_file_rules()', 'EXECUTE')
            THEN quote_ident(current_user) || ' may not read the rules of pg_hba.conf' END AS unknown,
       CASE WHEN NOT has_function_privilege('pg_catalog.pg_hba_file_rules()', 'EXECUTE')
            THEN format('GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO %I;', current_user) END AS remedy,
       'privilege' AS unknown_kind,
       replace(replace($question$
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
       , wide AS (
           SELECT s.*, coalesce(CASE WHEN s.net IS NOT NULL THEN host(s.net) || '/' || masklen(s.net) END, s.address) AS shown,
                  s.net <<= '10.0.0.0/8' OR s.net <<= '172.16.0.0/12' OR s.net <<= '192.168.0.0/16' OR s.net <<= 'fc00::/7'
                      OR s.net <<= 'fe80::/10' AS private
           FROM seen AS s
           WHERE s.type <> 'local' AND s.auth_method <> 'reject' AND NOT s.own
             AND (s.address = 'all' OR masklen(s.net) < CASE family(s.net) WHEN 4 THEN @ipv4 ELSE @ipv6 END)
       )
       SELECT w.text AS object, min(w.line_number) AS line, w.shown || ', ' || w.auth_method AS evidence,
              CASE WHEN NOT w.reached THEN '; the server listens on no outside address now' ELSE '' END AS reason,
              CASE WHEN NOT w.reached THEN 'info' WHEN w.private OR w.auth_method = 'cert' THEN 'watch' ELSE 'bad' END AS severity
       FROM wide AS w
       GROUP BY w.text, w.shown, w.reached, w.private, w.auth_method
       ORDER BY 2
       $question$, '@ipv4', $1::int::text), '@ipv6', $2::int::text) AS question
