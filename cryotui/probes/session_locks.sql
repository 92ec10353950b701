-- title: Locks of one session
-- about: The locks that one session has or waits for, strongest first, 200 at most. Relations of another database are shown by
--   their oid. Locks on its own transaction, which every session has, are left out.
-- key: lock_type lock_relation lock_mode granted
-- units: wait_age=seconds
-- parameters: pid:int
SELECT l.locktype AS lock_type,
       CASE WHEN l.relation IS NOT NULL THEN coalesce(
              (SELECT CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_database d ON d.datname = current_database()
               WHERE c.oid = l.relation AND l.database IN (0, d.oid)),
              'oid ' || l.relation)
            WHEN l.locktype = 'transactionid' THEN 'transaction ' || l.transactionid
            WHEN l.locktype = 'virtualxid' THEN 'snapshot ' || l.virtualxid
            WHEN l.locktype = 'advisory' THEN l.classid || ', ' || l.objid
            ELSE coalesce(l.classid || ', ' || l.objid, '') END AS lock_relation,
       l.mode AS lock_mode,
       l.granted,
       count(*) AS locks,
       extract(epoch FROM clock_timestamp() - min(l.waitstart))::float8 AS wait_age
FROM pg_locks l
WHERE l.pid = $1
  AND NOT (l.granted AND (l.locktype = 'virtualxid' OR l.locktype = 'transactionid'))
GROUP BY 1, 2, 3, 4
ORDER BY l.granted,
         array_position(ARRAY['AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock',
           'ShareUpdateExclusiveLock', 'RowExclusiveLock', 'RowShareLock', 'AccessShareLock'], l.mode),
         2
LIMIT 200;
