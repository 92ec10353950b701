-- title: Freezing overdue
-- severity: watch
-- group: capacity
-- kind: table
-- about: A table whose oldest row is older than autovacuum lets it become: 1.2 times its own limit of transactions or of
--   multixacts, counted with its TOAST table. Half of all ids is bad.
-- why: Autovacuum should have frozen it and did not: it is cancelled, blocked, too slow or held back. The oldest table decides
--   how near the cluster is to refusing writes.
-- evidence: {over:times} the limit
-- detail: {age:count} transactions and {multixacts:count} multixacts old; limits {limit:count} and {multixact_limit:count}.
--   {working}
-- fix: VACUUM (FREEZE, VERBOSE) {object};
-- lock: SHARE UPDATE EXCLUSIVE; reads and writes go on
-- concurrently: yes
-- parameters: over=1.2 bad=0.5
-- references: https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND
WITH aged AS (
    SELECT t.oid, n.nspname, t.relname,
           greatest(age(t.relfrozenxid), coalesce(age(x.relfrozenxid), 0)) AS age,
           greatest(mxid_age(t.relminmxid), coalesce(mxid_age(x.relminmxid), 0)) AS multixacts,
           limits.age AS limit, limits.multixacts AS multixact_limit
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    LEFT JOIN pg_catalog.pg_class AS x ON x.oid = t.reltoastrelid
    -- a table's own limit counts only where it is lower than the server's
    CROSS JOIN LATERAL (
        SELECT least(current_setting('autovacuum_freeze_max_age')::bigint,
                     min(o.option_value::bigint) FILTER (WHERE o.option_name = 'autovacuum_freeze_max_age')) AS age,
               least(current_setting('autovacuum_multixact_freeze_max_age')::bigint,
                     min(o.option_value::bigint)
                         FILTER (WHERE o.option_name = 'autovacuum_multixact_freeze_max_age')) AS multixacts
        FROM pg_options_to_table(t.reloptions) AS o
    ) AS limits
    WHERE t.relkind IN ('r', 'm') AND t.relpersistence <> 't'
), over AS (
    SELECT a.*, greatest(a.age / greatest(a.limit, 1)::float8,
                         a.multixacts / greatest(a.multixact_limit, 1)::float8) AS over,
           greatest(a.age, a.multixacts) / (2147483648 - 3000000)::float8 AS share
    FROM aged AS a
)
SELECT format('%I.%I', o.nspname, o.relname) AS object, o.oid::bigint AS oid, o.nspname::text AS schema,
       o.relname::text AS "table",
       o.age, o.multixacts, o.limit, o.multixact_limit, o.over,
       CASE WHEN o.share >= $2::float8 THEN 'bad' END AS severity,
       CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_stat_progress_vacuum AS v
                         WHERE v.relid = o.oid AND v.datname = current_database())
            THEN 'A vacuum of it runs now.' ELSE 'No vacuum of it is seen to run.' END AS working
FROM over AS o
WHERE o.over >= $1::float8
ORDER BY o.over DESC, 1
