-- title: Queue open in API
-- severity: bad
-- group: security
-- kind: table
-- about: A table of a pgmq queue, or of its archive, has no row level security and one of the API's roles holds a right on it.
--   Bad while the API serves pgmq_public, the wrappers around the queues, or pgmq itself, else info. Partitions are counted
--   with their root.
-- why: Whoever has the key of the API reads, adds and takes away messages, and the jobs behind the queue run what they say.
-- detail: {rights}. {served}
-- shape: ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
-- lock: ACCESS EXCLUSIVE for a moment
-- needs: api
-- parameters: api_roles api_schemas
-- references: https://supabase.com/docs/guides/queues; splinter 0019 insecure_queue_exposed_in_api
WITH held AS (
    SELECT t.oid, t.relname, role.name AS role, role.place, has_any_column_privilege(role.name, t.oid, 'SELECT') AS reads,
           has_any_column_privilege(role.name, t.oid, 'INSERT') AS inserts, has_any_column_privilege(role.name, t.oid, 'UPDATE') AS updates,
           has_table_privilege(role.name, t.oid, 'DELETE') AS deletes
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace AND n.nspname = 'pgmq'
    CROSS JOIN unnest($1::text[]) WITH ORDINALITY AS role (name, place)
    WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND NOT t.relrowsecurity AND t.oid >= 16384
      -- an underscore means itself: meta and what else is there are no queues
      AND left(t.relname, 2) IN ('q_', 'a_')
)
-- no oid: pgmq keeps the table, its row security is the user's
SELECT format('pgmq.%I', h.relname) AS object, 'pgmq' AS schema, h.relname::text AS "table",
       string_agg(h.role || ' may ' || concat_ws(', ', CASE WHEN h.reads THEN 'SELECT' END, CASE WHEN h.inserts THEN 'INSERT' END,
                                                 CASE WHEN h.updates THEN 'UPDATE' END, CASE WHEN h.deletes THEN 'DELETE' END),
                  '; ' ORDER BY h.place) AS rights,
       (array_agg(h.role ORDER BY h.reads DESC, h.place))[1]
           || CASE WHEN bool_or(h.reads) THEN ' reads messages' ELSE ' changes messages' END AS evidence,
       CASE WHEN $2::text[] IS NULL THEN 'Which schemas the API serves is not known; it may serve pgmq_public.'
            WHEN 'pgmq_public' = ANY ($2::text[]) THEN 'The API serves pgmq_public.'
            WHEN 'pgmq' = ANY ($2::text[]) THEN 'The API serves pgmq.'
            ELSE 'The API serves neither pgmq_public nor pgmq now.' END
           || ' With row security on, these roles see nothing until there is a policy.' AS served,
       CASE WHEN $2::text[] IS NULL THEN 'watch' WHEN $2::text[] && ARRAY['pgmq', 'pgmq_public'] THEN 'bad' ELSE 'info' END AS severity,
       format('ALTER TABLE pgmq.%I ENABLE ROW LEVEL SECURITY;', h.relname) AS fix,
       format('ALTER TABLE pgmq.%I DISABLE ROW LEVEL SECURITY;', h.relname) AS undo
FROM held AS h
WHERE h.reads OR h.inserts OR h.updates OR h.deletes
GROUP BY h.oid, h.relname
ORDER BY 1
