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
WITH
-- with: hba-lines,
stake AS (
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
