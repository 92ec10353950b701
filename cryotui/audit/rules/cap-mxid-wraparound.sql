-- title: Multixact ids run out
-- severity: watch
-- group: capacity
-- kind: database
-- about: A database whose oldest multixact is so old that a quarter (watch) or half (bad) of all multixact ids is used, or the
--   files of their members, where this role may list them, hold such a part of what they can. Reaching
--   autovacuum_multixact_freeze_max_age (400 million) is normal life and far below.
-- why: Near the end every command that needs a new multixact fails in the whole cluster: foreign keys and row locks shared by
--   several transactions, until a vacuum of the oldest tables is done.
-- evidence: {share:percent} of the {what} used
-- detail: {told} What holds vacuum back: long transactions, prepared ones, replication slots, standby feedback.
-- shape: VACUUM (FREEZE, VERBOSE) {oldest_table};
-- lock: SHARE UPDATE EXCLUSIVE; reads and writes go on
-- concurrently: yes
-- parameters: watch=0.25 bad=0.5
-- references: https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-MULTIXACT-WRAPAROUND
WITH worst AS (
    SELECT format('%I.%I', n.nspname, t.relname) AS name,
           greatest(mxid_age(t.relminmxid), coalesce(mxid_age(toast.relminmxid), 0)) AS age
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    LEFT JOIN pg_catalog.pg_class AS toast ON toast.oid = t.reltoastrelid
    WHERE t.relkind IN ('r', 'm')
    ORDER BY 2 DESC, t.oid
    LIMIT 1
)
SELECT format('%I', d.datname) AS object, used.share, 'ids' AS what,
       format('%s multixacts old; oldest here: %s.', mxid_age(d.datminmxid),
              CASE WHEN d.datname = current_database() THEN worst.name
                   ELSE 'asked only from inside ' || quote_ident(d.datname) END) AS told,
       CASE WHEN used.share >= $2::float8 THEN 'bad' END AS severity,
       -- younger multixacts are left alone by every vacuum but this one
       CASE WHEN d.datname = current_database() AND worst.age > current_setting('vacuum_multixact_freeze_min_age')::bigint
            THEN format('VACUUM (FREEZE, VERBOSE) %s;', worst.name) END AS fix,
       NULL::text AS question, NULL::text AS unknown, NULL::text AS remedy
FROM pg_catalog.pg_database AS d
-- 2^31 ids, of which the last 3 million are refused
CROSS JOIN LATERAL (SELECT mxid_age(d.datminmxid) / (2147483648 - 3000000)::float8 AS share) AS used
CROSS JOIN worst
WHERE used.share >= $1::float8
UNION ALL
-- 2^32 members up to 18; a file of 256 kB holds 52,352 of them (20 bytes for four, 409 such groups a page of 8 kB)
SELECT 'multixact members', NULL, 'members', NULL, NULL, NULL,
       CASE WHEN seen.allowed AND seen.blocks THEN format($body$
           SELECT used.share, CASE WHEN used.share >= %2$s THEN 'bad' END AS severity,
                  used.files || ' files of members.' AS told
           FROM (SELECT count(*) AS files, count(*) * 52352 / 4294967296::float8 AS share
                 FROM pg_ls_dir('pg_multixact/members') AS f) AS used
           WHERE used.share >= %1$s
           $body$, $1::float8, $2::float8) END,
       CASE WHEN NOT seen.blocks THEN 'how many a file of them holds is not known for pages of this size'
            WHEN NOT seen.allowed THEN format('they are counted by their files, which %I may not list', current_user) END,
       CASE WHEN seen.blocks AND NOT seen.allowed
            THEN format('GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) TO %I;', current_user) END
FROM (SELECT has_function_privilege('pg_ls_dir(text)', 'EXECUTE') AS allowed, current_setting('block_size') = '8192' AS blocks) AS seen
WHERE current_setting('server_version_num')::int < 190000
ORDER BY 1
