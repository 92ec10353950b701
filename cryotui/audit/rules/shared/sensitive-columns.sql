-- found: tables of candidate (oid, names: the roles that may read them) with the columns whose names say that they hold a secret, and
-- granted: the SQL that leaves those roles the other columns
sensitive AS MATERIALIZED (
    -- names in words: userToken, user-token and user_token are all _user_token_
    SELECT a.attrelid, a.attnum, a.attname
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
    CROSS JOIN LATERAL (
        SELECT '_' || lower(regexp_replace(regexp_replace(a.attname::text, '([a-z0-9])([A-Z])', '\1_\2', 'g'),
                                           '[^A-Za-z0-9]+', '_', 'g')) || '_' AS words,
               -- a secret is text, bytes or JSON; a number of that name counts tokens
               t.typcategory IN ('S', 'U', 'A') AS written
    ) AS named
    WHERE a.attrelid IN (SELECT c.oid FROM candidate AS c) AND a.attnum > 0 AND NOT a.attisdropped
      AND t.typcategory <> 'B'
      AND a.attname::text ~* ('pass|pwd|secret|token|key|code|jwt|otp|2fa|mfa|factor|credential|session|certificate|ssn|social|iban'
          '|bic|cvv|cvc|cvn|card|account|routing|tax|national|licen[cs]e|dob|birth|medical|health|patient|insurance|mac|imei|device'
          '|passport|diagnosis|biometric|facial')
      AND named.words !~ ('_(at|on|name|type|kind|count|label|url|uri|status|state|enabled|required|expires|expiry|expiration'
          '|length|version|policy|changed|updated|used|limit|ttl)_$')
      AND (named.words ~ ('_(ssn|iban|cvv|cvc|cvn|dob|imei|social_security|social_insurance|credit_card|card_(number|no)'
               '|bank_account|account_number|routing_number|swift_code|sort_code|tax_id|national_id|passport_(number|no|id)'
               '|drivers?_licen[cs]e|licen[cs]e_number|date_of_birth|birth_?date|medical_record|health_record|patient_id'
               '|insurance_number|health_insurance|medical_insurance|mac_address|macaddr|device_uuid|facial_recognition)_')
           OR named.written AND named.words ~ ('_(password|passwd|pwd|passphrase|passcode|secrets?|apikey|privatekey|jwt|otp|totp'
               '|mfa|2fa|two_factor|credentials?|bic|diagnosis|biometrics?)_|_tokens?_((hash|digest|encrypted|value)_)?$'
               '|^_certificate_$|_pin_(code|hash)_|_session_id_$|_(recovery|backup|verification|auth|reset)_codes?_'
               '|_(api|private|secret|auth|access|session|encryption|signing|licen[cs]e|activation|pgp|gpg|ssh|master)_key_'))
), readable AS MATERIALIZED (
    SELECT s.attrelid, s.attnum, s.attname, array_agg(role.name ORDER BY role.place) AS names
    FROM sensitive AS s
    JOIN candidate AS c ON c.oid = s.attrelid
    CROSS JOIN unnest(c.names) WITH ORDINALITY AS role (name, place)
    WHERE has_column_privilege(role.name, s.attrelid, s.attnum, 'SELECT')
    GROUP BY s.attrelid, s.attnum, s.attname
), found AS MATERIALIZED (
    SELECT r.attrelid, array_agg(r.attname::text ORDER BY r.attnum) AS columns, array_agg(r.attnum ORDER BY r.attnum) AS attnums,
           string_agg(quote_ident(r.attname), ', ' ORDER BY r.attnum) AS quoted,
           ARRAY(SELECT DISTINCT role FROM readable AS x CROSS JOIN unnest(x.names) AS role
                 WHERE x.attrelid = r.attrelid ORDER BY role) AS names
    FROM readable AS r GROUP BY r.attrelid
), granted AS (
    -- a right on the whole table is replaced by one on the other columns; one on a column is taken
    SELECT f.attrelid, string_agg(step.fix, E'\n' ORDER BY step.fix) AS fix, string_agg(step.undo, E'\n' ORDER BY step.undo) AS undo
    FROM found AS f
    JOIN pg_catalog.pg_class AS t ON t.oid = f.attrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    CROSS JOIN LATERAL (
        SELECT x.grantee, bool_or(x.whole) AS whole, array_agg(DISTINCT x.attname) AS columns
        FROM (SELECT a.grantee, true AS whole, NULL::text AS attname FROM aclexplode(t.relacl) AS a WHERE a.privilege_type = 'SELECT'
              UNION ALL
              SELECT a.grantee, false, quote_ident(c.attname) FROM pg_catalog.pg_attribute AS c CROSS JOIN aclexplode(c.attacl) AS a
              WHERE c.attrelid = t.oid AND c.attacl IS NOT NULL AND a.privilege_type = 'SELECT' AND c.attnum = ANY (f.attnums)
             ) AS x
        WHERE x.grantee = 0 OR EXISTS (SELECT FROM unnest(f.names) AS role (name) WHERE pg_has_role(role.name, x.grantee, 'USAGE'))
        GROUP BY x.grantee
    ) AS g
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = g.grantee
    CROSS JOIN LATERAL (
        SELECT coalesce(quote_ident(r.rolname), 'PUBLIC') AS name, format('%I.%I', n.nspname, t.relname) AS relation,
               (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute AS a
                WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attnum <> ALL (f.attnums)) AS others
    ) AS part
    CROSS JOIN LATERAL (
        SELECT CASE WHEN g.whole
                    THEN format('REVOKE SELECT ON %s FROM %s;', part.relation, part.name)
                         || CASE WHEN part.others IS NULL THEN ''
                                 ELSE format(E'\nGRANT SELECT (%s) ON %s TO %s;', part.others, part.relation, part.name) END
                    ELSE format('REVOKE SELECT (%s) ON %s FROM %s;', array_to_string(array_remove(g.columns, NULL), ', '),
                                part.relation, part.name) END AS fix,
               CASE WHEN g.whole
                    THEN CASE WHEN part.others IS NULL THEN ''
                              ELSE format(E'REVOKE SELECT (%s) ON %s FROM %s;\n', part.others, part.relation, part.name) END
                         || format('GRANT SELECT ON %s TO %s;', part.relation, part.name)
                    ELSE format('GRANT SELECT (%s) ON %s TO %s;', array_to_string(array_remove(g.columns, NULL), ', '),
                                part.relation, part.name) END AS undo
    ) AS step
    GROUP BY f.attrelid
)
