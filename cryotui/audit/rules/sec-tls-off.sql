-- title: TLS is off, open to others
-- severity: bad
-- group: security
-- kind: setting
-- about: ssl is off while the server listens on an address that is not this machine's own (listen_addresses).
-- why: Statements, rows and, with some methods, passwords pass through the network for everybody on the way to read and change.
-- evidence: listens on {address}
-- detail: {advice} A proxy in front that ends TLS does not show here.
-- lock: none; read at the reload
-- references: https://www.postgresql.org/docs/current/ssl-tcp.html; Supabase ssl_not_enforced
WITH
-- with: origin
SELECT s.name AS object, outside.address,
       CASE WHEN current_setting('ssl_library', true) = '' THEN 'This server is built without TLS: install one that has it.'
            ELSE format('No SQL alone: put certificate and key to %s and %s first, then ALTER SYSTEM SET ssl = on and reload. '
                        'Without them the next restart fails.',
                        coalesce(current_setting('ssl_cert_file', true), 'server.crt'),
                        coalesce(current_setting('ssl_key_file', true), 'server.key')) || o.from_where END AS advice
FROM pg_catalog.pg_settings AS s
JOIN origin AS o ON o.name = s.name
CROSS JOIN LATERAL (
    SELECT min(btrim(part)) AS address
    FROM unnest(string_to_array(current_setting('listen_addresses'), ',')) AS part
    WHERE btrim(part) NOT IN ('', 'localhost', '::1') AND btrim(part) NOT LIKE '127.%'
) AS outside
WHERE s.name = 'ssl' AND s.setting = 'off' AND outside.address IS NOT NULL
