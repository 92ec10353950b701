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
WITH
-- with: hba-lines
SELECT s.text AS object, min(s.line_number) AS line, s.type AS kind_of_line,
       CASE WHEN NOT s.reached THEN '; the server listens on no outside address now' ELSE '' END AS reason,
       CASE WHEN NOT s.reached THEN 'info' END AS severity
FROM seen AS s
WHERE (s.type = 'hostnossl' OR (s.type = 'host' AND current_setting('ssl') = 'on'))
  AND s.auth_method <> 'reject' AND NOT s.own
GROUP BY s.text, s.type, s.reached
ORDER BY 2
       $question$ AS question
