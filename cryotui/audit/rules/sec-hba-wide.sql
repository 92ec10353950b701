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
WITH
-- with: hba-lines,
wide AS (
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
