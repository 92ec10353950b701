-- title: Table without references
-- severity: info
-- group: schema
-- kind: schema
-- default: off
-- about: Tables that no foreign key leaves and none arrives at; one finding a schema.
-- why: Either the database does not know a relation that the application takes for granted, and cannot hold it, or the table
--   is left over.
-- evidence: {number:count} of {tables:count} tables
-- detail: {first_ones}. Logs, queues, settings and lists stand alone by nature. int-missing-fk-candidate names columns that look
--   like references.
-- references: https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK; pg-index-health TABLES_NOT_LINKED_TO_OTHERS
WITH
-- with: tables,
linked AS (
    SELECT k.conrelid AS oid FROM pg_catalog.pg_constraint AS k WHERE k.contype = 'f'
    UNION
    SELECT k.confrelid FROM pg_catalog.pg_constraint AS k WHERE k.contype = 'f'
), found AS (
    SELECT t.namespace, t.nspname, t.object AS name FROM tables AS t WHERE t.oid NOT IN (SELECT l.oid FROM linked AS l)
),
-- with: by-schema
SELECT s.*, (SELECT count(*) FROM tables AS t WHERE t.namespace = s.objid::oid) AS tables FROM by_schema AS s ORDER BY 1
