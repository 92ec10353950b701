WITH own AS MATERIALIZED (
    SELECT s.oid, s.subname, s.subenabled, s.subdisableonerr AND e.apply_error_count + e.sync_error_count > 0 AS by_error,
           e.apply_error_count + e.sync_error_count AS errors,
           e.sync_error_count > 0 AND EXISTS (SELECT FROM pg_catalog.pg_subscription_rel AS t
                                              WHERE t.srsubid = s.oid AND t.srsubstate IN ('i', 'd', 'f')) AS uncopied
    FROM pg_catalog.pg_subscription AS s
    LEFT JOIN pg_catalog.pg_stat_subscription_stats AS e ON e.subid = s.oid
    WHERE s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
), worker AS (
    SELECT w.subid, bool_or(w.relid IS NULL) AS applies, bool_or(w.relid IS NOT NULL) AS copies,
           date_part('epoch', clock_timestamp() - max(w.last_msg_receipt_time) FILTER (WHERE w.relid IS NULL)) AS silent
    FROM pg_catalog.pg_stat_subscription AS w
    WHERE w.pid IS NOT NULL
    GROUP BY w.subid
)
SELECT quote_ident(s.subname) AS object, s.subname::text AS subscription, s.errors,
       CASE WHEN NOT s.subenabled AND s.by_error THEN 'switched off by an error'
            WHEN NOT s.subenabled THEN 'switched off'
            WHEN w.applies AND s.uncopied AND NOT w.copies THEN 'a first copy fails'
            WHEN w.applies THEN format('heard nothing for %s min', round(w.silent::numeric / 60))
            ELSE 'no worker runs' END AS evidence,
       CASE WHEN NOT s.subenabled AND s.by_error
            THEN format('The server log says on which row. Mend it here or skip the transaction with ALTER SUBSCRIPTION %1$I SKIP, '
                        'then ALTER SUBSCRIPTION %1$I ENABLE.', s.subname)
            WHEN NOT s.subenabled
            THEN format('If that is not meant: ALTER SUBSCRIPTION %I ENABLE; if it is for good: drop it, so that the publisher''s '
                        'slot goes as well.', s.subname)
            WHEN w.applies AND s.uncopied AND NOT w.copies
            THEN 'The first copy of a table ends with an error and is begun again; the server log says why. The table here must '
                 'exist, fit and, as a rule, be empty.'
            WHEN w.applies THEN 'The publisher or the network between does not answer; look at its walsender.'
            ELSE format('It fails and is started again and again, %s errors so far: the server log says on which row or why the '
                        'publisher refuses. Mend the row here, or skip the transaction with ALTER SUBSCRIPTION %I SKIP.',
                        coalesce(s.errors, 0), s.subname) END AS advice,
       CASE WHEN w.applies OR (NOT s.subenabled AND s.by_error IS NOT TRUE) THEN 'watch' END AS severity
FROM own AS s
LEFT JOIN worker AS w ON w.subid = s.oid
WHERE NOT s.subenabled OR w.applies IS NOT TRUE OR w.silent >= $1::float8 OR (s.uncopied AND NOT w.copies)
ORDER BY 1
