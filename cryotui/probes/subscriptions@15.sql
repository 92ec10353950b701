SELECT s.subname::text AS subscription, d.datname::text AS database, s.subenabled AS subscription_enabled, w.pid,
       CASE WHEN w.relid IS NOT NULL THEN 'table synchronization' WHEN w.pid IS NOT NULL THEN 'apply' END AS kind,
       w.relid AS oid, n.nspname::text AS schema, c.relname::text AS "table", w.received_lsn::text AS received_lsn,
       date_part('epoch', clock_timestamp() - w.last_msg_receipt_time) AS message_age,
       date_part('epoch', clock_timestamp() - w.latest_end_time) AS lag,
       (SELECT count(*) FROM pg_subscription_rel AS r WHERE r.srsubid = s.oid AND r.srsubstate <> 'r') AS tables_syncing,
       e.apply_error_count AS apply_errors, e.sync_error_count AS sync_errors, e.stats_reset
FROM pg_subscription AS s
JOIN pg_database AS d ON d.oid = s.subdbid AND d.datname = current_database()
LEFT JOIN pg_stat_subscription AS w ON w.subid = s.oid
LEFT JOIN pg_class AS c ON c.oid = w.relid
LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_subscription_stats AS e ON e.subid = s.oid
ORDER BY s.subname, w.pid;
