-- title: Secret in a setting
-- severity: bad
-- group: security
-- kind: setting
-- about: A setting stored for a role or a database (ALTER ROLE or ALTER DATABASE ... SET) that holds a JSON web token, an API
--   key, a private key or an address with a password, or that is called a secret, key, token or password and holds eight
--   characters or more. A token that has expired or that is anon's is info. The value itself is shown nowhere.
-- why: pg_db_role_setting can be read by every role that connects, and pg_dumpall carries it along.
-- detail: {advice}
-- fix: ALTER {target} RESET {setting};
-- lock: none; sessions that are open keep the value, new ones do not have it
-- certainty: estimated
-- references: https://www.postgresql.org/docs/current/catalog-pg-db-role-setting.html;
--   https://supabase.com/docs/guides/database/vault
WITH entry AS (
    SELECT s.setrole, s.setdatabase, r.rolname, d.datname, split_part(e.entry, '=', 1) AS name,
           substr(e.entry, strpos(e.entry, '=') + 1) AS value
    FROM pg_catalog.pg_db_role_setting AS s
    CROSS JOIN unnest(s.setconfig) AS e (entry)
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
    LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase
    WHERE length(e.entry) > 12
), judged AS (
    SELECT e.*, substring(e.value FROM 'eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}') AS jwt,
           e.value ~ 'sb_secret_[A-Za-z0-9_-]{16,}|sbp_[a-f0-9]{40}|\m(?:AKIA|ASIA)[0-9A-Z]{16}\M|\mAIza[0-9A-Za-z_-]{35}|\m[rs]k_live_[0-9A-Za-z]{16,}|\mgh[pousr]_[A-Za-z0-9]{36}|\mgithub_pat_|\msk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,}|\mxox[abprs]-[A-Za-z0-9-]{10,}|\mSG\.[A-Za-z0-9_-]{22}\.|PRIVATE KEY-----'
               AS api_key,
           e.value ~ '[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@]+:[^\s/@]{4,}@' AS address,
           -- settings of the server itself have no dot: password_encryption is no password
           e.name LIKE '%.%' AND length(e.value) >= 8 AND e.value !~* '^(true|false|on|off|none|[0-9.]+ *[a-z]*|https?://.*)$'
           AND e.name ~* '(^|[._])(secret|password|passwd|pwd|passphrase|token|credentials?)$|(api|service|private|secret|signing|encryption|access|jwt|role|anon)_?key$'
               AS by_name
    FROM entry AS e
), claimed AS (
    SELECT j.*, claim.role, coalesce(claim.expires < extract(epoch FROM now()), false) AS expired
    FROM judged AS j
    CROSS JOIN LATERAL (SELECT coalesce(translate(split_part(j.jwt, '.', 2), '-_', '+/'), '') AS part) AS middle
    CROSS JOIN LATERAL (
        -- as escaped bytes: what is no text in the database's encoding must not end the audit
        SELECT CASE WHEN length(middle.part) % 4 <> 1
                    THEN encode(decode(middle.part || repeat('=', (4 - length(middle.part) % 4) % 4), 'base64'), 'escape') END AS claims
    ) AS token
    CROSS JOIN LATERAL (
        SELECT substring(token.claims FROM '"role"\s*:\s*"([a-z_]{1,40})"') AS role,
               substring(token.claims FROM '"exp"\s*:\s*([0-9]{1,12})')::bigint AS expires
    ) AS claim
    WHERE j.jwt IS NOT NULL OR j.api_key OR j.address OR j.by_name
)
SELECT CASE WHEN c.rolname IS NULL THEN '' ELSE format('role %I', c.rolname) END
       || CASE WHEN c.rolname IS NULL AND c.datname IS NULL THEN 'all roles'
               WHEN c.rolname IS NULL THEN format('database %I', c.datname)
               WHEN c.datname IS NULL THEN '' ELSE format(' in %I', c.datname) END || ': ' || c.name AS object,
       c.rolname::text AS role, c.datname::text AS database, named.setting,
       CASE WHEN c.rolname IS NOT NULL THEN format('ROLE %I', c.rolname) || coalesce(' IN DATABASE ' || quote_ident(c.datname), '')
            WHEN c.datname IS NOT NULL THEN format('DATABASE %I', c.datname) ELSE 'ROLE ALL' END AS target,
       CASE WHEN c.jwt IS NOT NULL THEN CASE WHEN c.expired THEN 'expired JWT' ELSE 'JWT' END || coalesce(' of ' || c.role, '')
            WHEN c.api_key THEN 'API key' WHEN c.address THEN 'address with password' ELSE 'secret by its name' END AS evidence,
       CASE WHEN c.jwt IS NOT NULL AND c.expired THEN 'The token has expired; it opens nothing any more.'
            WHEN c.jwt IS NOT NULL AND c.role = 'anon' THEN 'The key of anon is public by design; nothing is lost by it.'
            ELSE 'Issue a new one and keep it in Vault or outside the database, change what reads this setting, then take it out; '
                 'everybody may have read the old one.' END AS advice,
       CASE WHEN c.jwt IS NOT NULL AND (c.expired OR c.role = 'anon') THEN 'info' END AS severity
FROM claimed AS c
CROSS JOIN LATERAL (
    SELECT string_agg(quote_ident(part), '.' ORDER BY place) AS setting
    FROM unnest(string_to_array(c.name, '.')) WITH ORDINALITY AS p (part, place)
) AS named
ORDER BY 1
