-- title: Transaction ids run out
-- severity: watch
-- group: capacity
-- kind: database
-- about: A database whose oldest unfrozen row is so old that a quarter (watch) or half (bad) of all transaction ids is used.
--   Reaching autovacuum_freeze_max_age (200 million) is normal life and far below.
-- why: Three million ids before the end the whole cluster stops to take writes, until a vacuum of the oldest tables is done.
-- evidence: {share:percent} of the ids used
-- detail: {age} transactions old; oldest here: {oldest}. What holds vacuum back: long transactions, prepared ones, replication
--   slots, standby feedback.
-- shape: VACUUM (FREEZE, VERBOSE) {oldest_table};
-- lock: SHARE UPDATE EXCLUSIVE; reads and writes go on
-- concurrently: yes
-- parameters: watch=0.25 bad=0.5
-- references: https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND
WITH worst AS (
    SELECT format('%I.%I', n.nspname, t.relname) AS name
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    LEFT JOIN pg_catalog.pg_class AS toast ON toast.oid = t.reltoastrelid
    WHERE t.relkind IN ('r', 'm')
    ORDER BY greatest(age(t.relfrozenxid), coalesce(age(toast.relfrozenxid), 0)) DESC, t.oid
    LIMIT 1
)
SELECT format('%I', d.datname) AS object, age(d.datfrozenxid) AS age, used.share,
       CASE WHEN d.datname = current_database() THEN worst.name ELSE 'asked only from inside ' || quote_ident(d.datname)
       END AS oldest,
       CASE WHEN used.share >= $2::float8 THEN 'bad' END AS severity,
       CASE WHEN d.datname = current_database() THEN format('VACUUM (FREEZE, VERBOSE) %s;', worst.name) END AS fix
FROM pg_catalog.pg_database AS d
-- 2^31 ids, of which the last 3 million are refused
CROSS JOIN LATERAL (SELECT age(d.datfrozenxid) / (2147483648 - 3000000)::float8 AS share) AS used
CROSS JOIN worst
WHERE used.share >= $1::float8
ORDER BY 1
