-- title: No primary key
-- severity: watch
-- group: integrity
-- kind: table
-- about: A table without a primary key. Partitions are counted with their root. An unlogged one is info, a temporary one none.
-- why: A row cannot be named, so duplicates creep in; logical replication refuses UPDATE and DELETE, and tools that
--   compare, mask or repair rows cannot work on it.
-- detail: {advice}
-- shape: ALTER TABLE {table} ADD CONSTRAINT {constraint} PRIMARY KEY USING INDEX {index};\n-- or\nALTER TABLE {table}
--   DROP CONSTRAINT {unique}, ADD CONSTRAINT {constraint} PRIMARY KEY ({columns});\n-- or\nDROP INDEX {index};\nALTER
--   TABLE {table} ADD CONSTRAINT {constraint} PRIMARY KEY ({columns});\n-- or\nALTER TABLE {table} ADD COLUMN id
--   bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT {constraint} PRIMARY KEY;
-- lock: ACCESS EXCLUSIVE while the key is added; brief when an index is taken over, else for as long as the table is read
--   or rewritten
-- references: https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS; splinter 0004
WITH bare AS (
    SELECT t.oid, t.relkind, t.relname, t.relnamespace, t.relpersistence, n.nspname, format('%I.%I', n.nspname, t.relname) AS object
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE t.relkind IN ('r', 'p') AND t.relpersistence <> 't' AND NOT t.relispartition AND t.oid >= 16384
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS c WHERE c.conrelid = t.oid AND c.contype = 'p')
), ready AS (
    -- a unique index that can become the key: valid, whole, immediate, plain columns that are never null, or on id alone
    SELECT DISTINCT ON (b.oid) b.oid, format('%I', i.relname) AS index, columns.names, columns.never_null,
           quote_ident(c.conname) AS unique_name, u.used
    FROM bare AS b
    JOIN pg_catalog.pg_index AS x ON x.indrelid = b.oid
    JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
    JOIN pg_catalog.pg_am AS m ON m.oid = i.relam AND m.amname = 'btree'
    CROSS JOIN LATERAL (
        SELECT bool_and(a.attnotnull) AS never_null, string_agg(format('%I', a.attname), ', ' ORDER BY k.place) AS names
        FROM unnest((x.indkey::int2[])[0:x.indnkeyatts - 1]) WITH ORDINALITY AS k (attnum, place)
        LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = k.attnum AND a.attnum > 0
    ) AS columns
    LEFT JOIN pg_catalog.pg_constraint AS c ON c.conindid = x.indexrelid AND c.contype = 'u'
    CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint AS f WHERE f.conindid = x.indexrelid AND f.contype = 'f') AS used) AS u
    WHERE x.indisunique AND x.indisvalid AND x.indimmediate AND x.indpred IS NULL AND x.indexprs IS NULL
      AND (columns.never_null OR columns.names = 'id')
      AND NOT EXISTS (SELECT FROM unnest(x.indoption::int2[]) AS o WHERE o <> 0)
    ORDER BY b.oid, columns.never_null DESC, x.indnkeyatts, x.indexrelid
), shape AS (
    SELECT b.*, r.index, r.names, r.never_null, r.unique_name, r.used,
           EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
                   WHERE a.attrelid = b.oid AND a.attname = 'id' AND NOT a.attisdropped) AS has_id,
           (SELECT NOT (0 = ANY (p.partattrs::int2[])) FROM pg_catalog.pg_partitioned_table AS p
            WHERE p.partrelid = b.oid) AS plain_partition_key,
           (SELECT string_agg(format(', %I', a.attname), '' ORDER BY k.place)
            FROM pg_catalog.pg_partitioned_table AS p
            CROSS JOIN unnest(p.partattrs::int2[]) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = b.oid AND a.attnum = k.attnum AND a.attname <> 'id'
            WHERE p.partrelid = b.oid) AS partition_columns
    FROM bare AS b
    LEFT JOIN ready AS r ON r.oid = b.oid
)
SELECT s.object, CASE s.relpersistence WHEN 'u' THEN 'info' END AS severity, s.oid::bigint AS oid, s.nspname::text AS schema, s.relname::text AS "table",
       CASE WHEN s.index IS NOT NULL THEN format('%s can serve', s.names)
            WHEN s.has_id THEN 'column id is no key'
            ELSE 'rows cannot be told apart' END AS evidence,
       CASE WHEN s.index IS NOT NULL AND s.used
            THEN format('The unique constraint %s could be the key, but foreign keys refer to it: make them refer to the key then.', s.unique_name)
            WHEN s.index IS NOT NULL AND s.unique_name IS NOT NULL THEN format('The key takes the place of the unique constraint %s.', s.unique_name)
            WHEN s.index IS NOT NULL AND s.relkind = 'r'
            THEN format('The unique index %s becomes the key as it is; it takes the name of the constraint.', s.index)
            WHEN s.index IS NOT NULL THEN format('The key takes the place of the unique index %s.', s.index)
            WHEN s.has_id THEN 'Adding the key fails while id is null or twice somewhere.'
            WHEN s.relkind = 'p' THEN 'The key of a partitioned table must contain its partition key.'
            ELSE 'A new identity column rewrites the table; a unique combination of columns it has is the better key.'
       END || CASE WHEN NOT s.never_null THEN ' It fails while id is null somewhere.' ELSE '' END AS advice,
       CASE WHEN s.index IS NOT NULL AND s.used THEN NULL
            WHEN s.index IS NOT NULL AND s.unique_name IS NOT NULL
            THEN format('ALTER TABLE %s DROP CONSTRAINT %s, ADD CONSTRAINT %I PRIMARY KEY (%s);', s.object, s.unique_name, made.pkey, s.names)
            WHEN s.index IS NOT NULL AND s.relkind = 'r'
            THEN format('ALTER TABLE %s ADD CONSTRAINT %I PRIMARY KEY USING INDEX %s;', s.object, made.pkey, s.index)
            WHEN s.index IS NOT NULL
            THEN format(E'DROP INDEX %I.%s;\nALTER TABLE %s ADD CONSTRAINT %I PRIMARY KEY (%s);', s.nspname, s.index, s.object, made.pkey, s.names)
            WHEN s.relkind = 'p' AND s.has_id AND s.plain_partition_key
            THEN format('ALTER TABLE %s ADD CONSTRAINT %I PRIMARY KEY (id%s);', s.object, made.pkey, s.partition_columns)
            WHEN s.relkind = 'p' THEN NULL
            WHEN s.has_id
            THEN format('ALTER TABLE %s ADD CONSTRAINT %I PRIMARY KEY (id);', s.object, made.pkey)
            ELSE format('ALTER TABLE %s ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT %I PRIMARY KEY;',
                        s.object, made.pkey)
       END AS fix,
       CASE WHEN s.index IS NOT NULL AND s.used THEN NULL
            WHEN s.index IS NOT NULL
            THEN format('ALTER TABLE %s DROP CONSTRAINT %I%s;', s.object, made.pkey,
                        ', ADD CONSTRAINT ' || s.unique_name || ' UNIQUE (' || s.names || ')')
                 || CASE WHEN s.unique_name IS NULL THEN format(E'\nCREATE UNIQUE INDEX %s ON %s (%s);', s.index, s.object, s.names) ELSE '' END
                 || CASE WHEN NOT s.never_null THEN format(E'\nALTER TABLE %s ALTER COLUMN id DROP NOT NULL;', s.object) ELSE '' END
            WHEN s.has_id
            THEN format('ALTER TABLE %s DROP CONSTRAINT %I;', s.object, made.pkey)
            WHEN s.relkind = 'r' THEN format('ALTER TABLE %s DROP COLUMN id;', s.object) END AS undo
FROM shape AS s
CROSS JOIN LATERAL (
    SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_class AS c
                             WHERE c.relnamespace = s.relnamespace AND c.relname = (s.relname || '_pkey')::name)
                THEN ('pk_' || s.oid)::name ELSE (s.relname || '_pkey')::name END AS pkey
) AS made
ORDER BY s.object
