-- seen: the lines of pg_hba.conf that can match, each as text (object) with whether it is for this machine alone (own), whether the
-- server listens to others (reached) or at all (listens), and whether its socket is its own account's (closed).
-- In the order of the file: the first line that matches decides, so what stands behind a general reject is dead
line AS (
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
