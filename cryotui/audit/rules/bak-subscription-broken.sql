-- title: Subscription is broken
-- severity: bad
-- group: backup
-- kind: subscription
-- about: A subscription of this database that is switched off (watch; bad where errors switched it off), or that is on and has no
--   apply worker, or whose worker has heard nothing for five minutes, or (from 15 on) whose first copy of a table fails
--   (watch).
-- why: What the publisher writes does not arrive, and its slot keeps the WAL of all that time until the publisher's disk is full.
-- detail: {advice}
-- lock: no lock
-- needs: primary
-- cost: K2
-- parameters: seconds=300
-- references: https://www.postgresql.org/docs/current/logical-replication-conflicts.html; pgwatch logical_subscriptions
WITH own AS MATERIALIZED (
    SELECT s.oid, s.subname, s.subenabled, false AS by_error, NULL::bigint AS errors
    FROM pg_catalog.pg_subscription AS s
    WHERE s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
), worker AS (
    SELECT w.subid, bool_or(w.relid IS NULL) AS applies,
           date_part('epoch', clock_timestamp() - max(w.last_msg_receipt_time) FILTER (WHERE w.relid IS NULL)) AS silent
    FROM pg_catalog.pg_stat_subscription AS w
    WHERE w.pid IS NOT NULL
    GROUP BY w.subid
)
SELECT quote_ident(s.subname) AS object, s.subname::text AS subscription, s.errors,
       CASE WHEN NOT s.subenabled THEN 'switched off'
            WHEN w.applies THEN format('heard nothing for %s min', round(w.silent::numeric / 60))
            ELSE 'no worker runs' END AS evidence,
       CASE WHEN NOT s.subenabled
            THEN format('If that is not meant: ALTER SUBSCRIPTION %I ENABLE; if it is for good: drop it, so that the publisher''s '
                        'slot goes as well.', s.subname)
            WHEN w.applies THEN 'The publisher or the network between does not answer; look at its walsender.'
            ELSE 'It fails and is started again and again: the server log says on which row or why the publisher refuses. Mend the '
                 'row here, or skip the transaction with ALTER SUBSCRIPTION SKIP (15 and later).' END AS advice,
       CASE WHEN w.applies OR NOT s.subenabled THEN 'watch' END AS severity
FROM own AS s
LEFT JOIN worker AS w ON w.subid = s.oid
WHERE NOT s.subenabled OR w.applies IS NOT TRUE OR w.silent >= $1::float8
ORDER BY 1
