-- title: Realtime without RLS
-- severity: bad
-- group: security
-- kind: table
-- about: A table in the publication supabase_realtime has no row level security. Bad when clients of the API may read it though
--   the API does not serve its schema, because Realtime sends it all the same; info when they may not read it now. Tables that
--   the API serves to them are left to sec-rls-disabled-exposed: row security closes both ways.
-- why: Realtime sends each change to every subscriber that may read the table. Without row security nothing is held back.
-- detail: {reach} The fix makes it silent for all that no policy admits; ALTER PUBLICATION supabase_realtime DROP TABLE is the
--   other way.
-- fix: ALTER TABLE {object} ENABLE ROW LEVEL SECURITY;
-- undo: ALTER TABLE {object} DISABLE ROW LEVEL SECURITY;
-- lock: ACCESS EXCLUSIVE for a moment
-- parameters: api_roles api_schemas
-- references: https://supabase.com/docs/guides/realtime/postgres-changes; https://www.postgresql.org/docs/current/logical-replication-publication.html
WITH published AS MATERIALIZED (
    SELECT p.oid, p.puballtables FROM pg_catalog.pg_publication AS p WHERE p.pubname = 'supabase_realtime'
), member AS (
    SELECT r.prrelid AS oid FROM published AS p JOIN pg_catalog.pg_publication_rel AS r ON r.prpubid = p.oid
    UNION
    -- schemas, from 15 on: the entry depends on the publication and on the schema
    SELECT t.oid
    FROM published AS p
    JOIN pg_catalog.pg_depend AS of_it ON of_it.classid = to_regclass('pg_catalog.pg_publication_namespace')
     AND of_it.refclassid = 'pg_catalog.pg_publication'::regclass AND of_it.refobjid = p.oid
    JOIN pg_catalog.pg_depend AS to_it ON to_it.classid = of_it.classid AND to_it.objid = of_it.objid
     AND to_it.refclassid = 'pg_catalog.pg_namespace'::regclass
    JOIN pg_catalog.pg_class AS t ON t.relnamespace = to_it.refobjid
    UNION
    SELECT t.oid FROM published AS p JOIN pg_catalog.pg_class AS t ON p.puballtables
), open AS (
    SELECT t.oid, t.relname, n.nspname, reader.names
    FROM member AS m
    JOIN pg_catalog.pg_class AS t ON t.oid = m.oid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    CROSS JOIN LATERAL (
        SELECT array_agg(role.name ORDER BY role.place) AS names FROM unnest($1::text[]) WITH ORDINALITY AS role (name, place)
        WHERE has_any_column_privilege(role.name, t.oid, 'SELECT') AND has_schema_privilege(role.name, n.oid, 'USAGE')
    ) AS reader
    WHERE t.relkind IN ('r', 'p') AND NOT t.relrowsecurity AND NOT t.relispartition AND t.relpersistence = 'p' AND t.oid >= 16384
)
SELECT format('%I.%I', o.nspname, o.relname) AS object, o.oid::bigint AS oid, o.nspname::text AS schema,
       o.relname::text AS "table",
       CASE WHEN o.names IS NULL THEN 'sent, no client reads it' ELSE 'sent to ' || o.names[1] END AS evidence,
       CASE WHEN o.names IS NULL THEN 'No client of the API may read it now; the next grant lets it out.'
            ELSE format('%s may read it, and Realtime sends it to them.', array_to_string(o.names, ' and ')) END AS reach,
       CASE WHEN o.names IS NULL THEN 'info' ELSE 'bad' END AS severity
FROM open AS o
WHERE o.names IS NULL OR o.nspname <> ALL ($2::text[])
ORDER BY 1
