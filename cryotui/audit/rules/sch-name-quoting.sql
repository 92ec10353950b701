-- title: Name needs quotes
-- severity: info
-- group: schema
-- kind: schema
-- about: Names of tables, views, columns, indexes, sequences, constraints, functions and types with capitals, blanks, dots or other
--   signs that have to be written in double quotes, and names that begin with a digit; one finding a schema. Reserved words are
--   none of this.
-- why: Without the quotes PostgreSQL folds capitals to small letters and finds nothing, so every statement written by hand, every
--   tool and every script has to know of it, and the one that does not fails.
-- evidence: {counted}
-- detail: {first_ones}. No SQL: whoever uses the name has to change with it. An ORM that makes such names asks by them too; elsewhere
--   ALTER ... RENAME TO takes ACCESS EXCLUSIVE for a moment.
-- references: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS;
--   pg-index-health OBJECTS_NOT_FOLLOWING_NAMING_CONVENTION, COLUMNS_NOT_FOLLOWING_NAMING_CONVENTION
WITH
-- with: names,
found AS MATERIALIZED (
    -- letters beyond ASCII need no quotes
    SELECT n.namespace, n.nspname, n.name, n.kind FROM names AS n
    WHERE n.part::text COLLATE "C" ~ '^[0-9$]|[\x01-#%-/:-^`{-\x7f]'
),
-- with: by-schema,
kinds AS (
    SELECT k.namespace, array_to_string(array_agg(k.number || ' ' || CASE k.number WHEN 1 THEN regexp_replace(k.kind, '(?<=x)es$|s$', '') ELSE k.kind END
                                        ORDER BY array_position(ARRAY['tables', 'columns', 'views'], k.kind), k.number DESC, k.kind), ', ') AS counted
    FROM (SELECT f.namespace, f.kind, count(*) AS number FROM found AS f GROUP BY f.namespace, f.kind) AS k
    GROUP BY k.namespace
)
SELECT s.*, k.counted FROM by_schema AS s JOIN kinds AS k ON k.namespace = s.objid::oid ORDER BY 1
