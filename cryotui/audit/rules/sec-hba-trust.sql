-- title: Login without a password
-- severity: bad
-- group: security
-- kind: pg_hba
-- about: A line of pg_hba.conf lets in by trust (no proof at all), ident (the client's machine says who it is) or password (the
--   password goes over in clear text). From another machine it is bad; on this machine, or inside TLS for password, watch; info
--   where the server listens on no such address, where the socket is open to its own account alone, and on its own machine while
--   there is nothing to lose. Lines that differ in the loopback address alone are one finding.
-- why: Whoever reaches the server is whoever it says it is, the superuser too, and a superuser runs programs on its machine.
-- detail: Line {line} of pg_hba.conf: {reason}. No SQL: change the method to scram-sha-256 (peer for local) and reload.
-- lock: none; the server reads the file at the reload, sessions go on
-- references: https://www.postgresql.org/docs/current/auth-trust.html; https://www.postgresql.org/docs/current/auth-password.html
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
                       || coalesce(' ' || coalesce(CASE WHEN l.net <<= '127.0.0.0/8' OR l.net <<= '::1/128' THEN 'loopback'
                                                        WHEN l.net IS NOT NULL THEN host(l.net) || '/' || masklen(l.net) END,
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
       , stake AS (
    -- without a table of its own and without another database there is nothing to lose yet
    SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS t
                   WHERE t.oid >= 16384 AND t.relkind IN ('r', 'p', 'm') AND t.relpersistence <> 't')
        OR EXISTS (SELECT FROM pg_catalog.pg_database AS d
                   WHERE d.oid >= 16384 AND NOT d.datistemplate AND d.datname <> current_database()) AS data
       )
       SELECT s.text AS object, string_agg(s.line_number::text, ', ' ORDER BY s.line_number) AS line, s.auth_method AS method,
              CASE s.auth_method WHEN 'trust' THEN CASE WHEN s.type = 'local' THEN 'trust for all on this machine'
                                                        WHEN s.own THEN 'trust over the loopback'
                                                        ELSE 'trust from other machines' END
                   WHEN 'ident' THEN 'the client says who it is' ELSE 'password in clear text' END AS evidence,
              CASE s.auth_method WHEN 'trust' THEN 'no password is asked for'
                   WHEN 'ident' THEN 'the client''s machine is believed'
                   ELSE 'the password itself goes over the connection' END
              || CASE WHEN s.type = 'local' AND s.closed THEN '; the socket is open to the server''s own account alone'
                      WHEN s.type <> 'local' AND NOT s.listens THEN '; the server listens on no TCP address now'
                      WHEN NOT s.own AND NOT s.reached THEN '; the server listens on no outside address now' ELSE '' END AS reason,
              CASE WHEN (s.type <> 'local' AND NOT s.listens) OR (s.type = 'local' AND s.closed) THEN 'info'
                   WHEN s.own THEN CASE WHEN (SELECT data FROM stake) THEN 'watch' ELSE 'info' END
                   WHEN NOT s.reached THEN 'info'
                   WHEN s.auth_method = 'password' AND s.type = 'hostssl' THEN 'watch'
                   ELSE 'bad' END AS severity
       FROM seen AS s
       WHERE s.auth_method IN ('trust', 'ident') OR (s.auth_method = 'password' AND NOT s.own)
       GROUP BY s.text, s.type, s.own, s.reached, s.listens, s.closed, s.auth_method
       ORDER BY min(s.line_number)
       $question$ AS question
