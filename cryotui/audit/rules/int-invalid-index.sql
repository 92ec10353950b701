-- title: Invalid index
-- severity: bad
-- group: integrity
-- kind: index
-- about: An index that a failed or cancelled build left behind. No query uses it, yet every write keeps it up to date. On a
--   standby a build that runs on the primary cannot be told from a failed one: there it is watch.
-- why: Queries run as if the index did not exist, while writes pay for it. A unique index in this state may refuse new
--   duplicates and yet proves nothing about the rows that are there.
-- detail: On {relation}, size {size:size}. {advice}
-- shape: DROP INDEX CONCURRENTLY {index};\n-- or\nREINDEX INDEX CONCURRENTLY {index};
-- lock: SHARE UPDATE EXCLUSIVE; reads and writes go on
-- risk: gentle
-- concurrently: yes
-- references: https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY;
--   https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY
WITH found AS (
    SELECT i.oid, x.indrelid, x.indislive, i.relname, i.relpages, i.relispartition,
           n.nspname::text AS schema,
           format('%I.%I', n.nspname, i.relname) AS object,
           format('%I.%I', tn.nspname, t.relname) AS relation, t.relname::text AS "table",
           x.indisunique,
           NOT x.indislive OR i.relname ~ '_cc(new|old)[0-9]*$' AS leftover
    FROM pg_catalog.pg_index AS x
    JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = i.relnamespace
    JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid
    JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
    WHERE NOT (x.indisvalid AND x.indisready AND x.indislive)
      AND i.relkind = 'i' AND i.relpersistence <> 't' AND i.oid >= 16384
), lock AS (
    SELECT l.relation, l.mode
    FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
), build AS (
    -- a role without pg_read_all_stats sees that others build something, not what
    SELECT p.relid, p.index_relid, p.relid IS NULL AS masked
    FROM pg_catalog.pg_stat_progress_create_index AS p
    WHERE p.datname = current_database()
)
SELECT f.object, f.oid::bigint AS index_oid, f.schema, f.relname::text AS index, f.indrelid::bigint AS oid, f."table", f.relation,
       false AS valid,
       nullif(f.relpages, 0) * current_setting('block_size')::bigint AS size,
       -- progress and locks of the primary are not seen on a standby
       CASE WHEN pg_is_in_recovery() THEN 'watch' END AS severity,
       CASE WHEN pg_is_in_recovery() THEN 'invalid; perhaps still in work'
            WHEN NOT f.indislive THEN 'left by a failed drop'
            WHEN f.leftover THEN 'left by REINDEX CONCURRENTLY'
            ELSE 'left by a failed build' END AS evidence,
       told.advice,
       -- files that were never counted have no known size
       CASE WHEN f.relpages = 0 THEN format('On %s. %s', f.relation, told.advice) END AS detail,
       -- a rebuild of a unique one fails again for as long as there are duplicates
       CASE WHEN (f.leftover OR f.indisunique) AND NOT f.relispartition THEN 'DROP INDEX CONCURRENTLY ' || f.object || ';'
            ELSE 'REINDEX INDEX CONCURRENTLY ' || f.object || ';' END AS fix,
       -- deparsing waits behind ACCESS EXCLUSIVE
       CASE WHEN f.indisunique AND NOT f.leftover AND NOT f.relispartition
                 AND NOT EXISTS (SELECT FROM lock WHERE lock.relation = f.indrelid AND lock.mode = 'AccessExclusiveLock')
            THEN regexp_replace(pg_get_indexdef(f.oid), '^CREATE UNIQUE INDEX', 'CREATE UNIQUE INDEX CONCURRENTLY') || ';'
       END AS undo,
       CASE WHEN EXISTS (SELECT FROM build WHERE masked)
             AND EXISTS (SELECT FROM lock WHERE lock.relation = f.indrelid AND lock.mode = 'ShareUpdateExclusiveLock')
            THEN 'another role builds an index now, and it may be this one' END AS unknown,
       'GRANT pg_read_all_stats TO ' || quote_ident(current_user) || ';' AS remedy
FROM found AS f
CROSS JOIN LATERAL (
    SELECT CASE WHEN f.leftover THEN 'It is a leftover: dropping it loses nothing.'
                WHEN f.indisunique
                THEN 'It is to be unique, so its build most likely met duplicates: drop it, mend them, create it again (undo).'
                ELSE 'The rebuild takes as much room again while it runs.' END
           || CASE WHEN pg_is_in_recovery()
                   THEN ' Whether the primary works on it right now is not known on this standby: see pg_stat_progress_create_index'
                        ' there. The fix runs on the primary.'
                   ELSE '' END AS advice
) AS told
WHERE NOT EXISTS (SELECT FROM build AS b WHERE b.index_relid = f.oid)
  -- a drop or a REINDEX CONCURRENTLY at work holds this lock on the index itself
  AND NOT EXISTS (SELECT FROM lock WHERE lock.relation = f.oid AND lock.mode = 'ShareUpdateExclusiveLock')
ORDER BY f.object
