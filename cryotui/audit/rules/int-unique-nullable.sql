-- title: Unique, yet null repeats
-- severity: watch
-- group: integrity
-- kind: index
-- about: A unique index over several columns of which one may be null, where nulls count as different. Info for a single
--   column, which is the usual way to say "once, if at all". Columns that the index's own condition speaks of, and nulls
--   guarded by a second unique index, are left out.
-- why: A row with a null in the key is never a duplicate of another: the same pair can be stored any number of times, and
--   nobody notices until the totals are wrong.
-- detail: On {relation}: {nullable} may be null. {advice}
-- shape: CREATE UNIQUE INDEX CONCURRENTLY {new_index} ON {table} ({columns}) NULLS NOT DISTINCT;\nDROP INDEX
--   CONCURRENTLY {index};\nALTER INDEX {new_index} RENAME TO {index};\n-- or\nALTER TABLE {table} {constraint};
-- lock: SHARE UPDATE EXCLUSIVE while the index is built; ACCESS EXCLUSIVE on the table for a moment for a constraint
-- concurrently: yes
-- references: https://www.postgresql.org/docs/current/sql-createindex.html;
--   https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS
WITH uniques AS MATERIALIZED (
    SELECT x.indexrelid, x.indrelid, x.indnkeyatts, x.indnatts, x.indkey::int2[] AS keys, x.indoption, x.indclass, x.indcollation,
           x.indpred::text AS predicate, x.indexprs IS NULL AS plain, x.indimmediate,
           -- from 15 on
           to_jsonb(x) -> 'indnullsnotdistinct' AS nulls_equal
    FROM pg_catalog.pg_index AS x
    WHERE x.indisunique AND x.indisvalid AND NOT x.indisprimary AND x.indislive AND x.indexrelid >= 16384
), open AS (
    SELECT u.indexrelid, count(*) AS n, string_agg(quote_ident(a.attname), ', ' ORDER BY k.place) AS nullable
    FROM uniques AS u
    CROSS JOIN LATERAL unnest(u.keys) WITH ORDINALITY AS k (attnum, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = u.indrelid AND a.attnum = k.attnum AND NOT a.attnotnull
    WHERE k.place <= u.indnkeyatts AND coalesce(u.nulls_equal, 'false') = 'false'
      AND (u.predicate IS NULL OR u.predicate !~ (':varattno ' || k.attnum || ' '))
      -- UNIQUE (a) WHERE b IS NULL beside UNIQUE (a, b)
      AND NOT EXISTS (
          SELECT FROM uniques AS y
          WHERE y.indrelid = u.indrelid AND y.indexrelid <> u.indexrelid AND y.plain
            AND y.predicate ~ ('^\(?\{NULLTEST :arg \{VAR :varno 1 :varattno ' || k.attnum || ' [^{}]*\} :nulltesttype 0 [^{}]*\}\)?$')
            AND y.keys[0:y.indnkeyatts - 1] <@ u.keys[0:u.indnkeyatts - 1])
    GROUP BY u.indexrelid
), found AS (
    SELECT u.*, o.nullable, i.relname AS index, i.relkind, n.nspname, t.relname, tn.nspname AS table_schema,
           format('%I.%I', n.nspname, i.relname) AS object, format('%I.%I', tn.nspname, t.relname) AS relation, i.relnamespace, i.reloptions, i.reltablespace,
           c.conname, c.condeferrable,
           EXISTS (SELECT FROM pg_catalog.pg_constraint AS f WHERE f.conindid = u.indexrelid AND f.contype = 'f') AS referenced
    FROM open AS o
    JOIN uniques AS u ON u.indexrelid = o.indexrelid
    JOIN pg_catalog.pg_class AS i ON i.oid = u.indexrelid AND NOT i.relispartition
    JOIN pg_catalog.pg_namespace AS n ON n.oid = i.relnamespace
    JOIN pg_catalog.pg_class AS t ON t.oid = u.indrelid AND t.relpersistence <> 't' AND t.relkind IN ('r', 'p')
    JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
    LEFT JOIN pg_catalog.pg_constraint AS c ON c.conindid = u.indexrelid AND c.conrelid = u.indrelid AND c.contype = 'u'
), shaped AS (
    SELECT f.*,
           -- only a plain index can be written from its columns alone
           CASE WHEN f.indnkeyatts > 1 AND f.relkind = 'i' AND f.plain AND f.predicate IS NULL AND f.indnatts = f.indnkeyatts
                     AND f.reloptions IS NULL AND f.reltablespace = 0 AND NOT f.referenced AND f.indimmediate AND NOT coalesce(f.condeferrable, false)
                     AND current_setting('server_version_num')::int >= 150000
                THEN (SELECT CASE WHEN bool_and(f.indoption[k.place - 1] = 0 AND o.opcdefault
                                                AND f.indcollation[k.place - 1] IN (0, a.attcollation))
                                  THEN string_agg(quote_ident(a.attname), ', ' ORDER BY k.place) END
                      FROM unnest(f.keys) WITH ORDINALITY AS k (attnum, place)
                      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = f.indrelid AND a.attnum = k.attnum
                      JOIN pg_catalog.pg_opclass AS o ON o.oid = f.indclass[k.place - 1]) END AS names,
           CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_class AS c
                             WHERE c.relnamespace = f.relnamespace AND c.relname = (f.index || '_new')::name)
                     OR length(f.index || '_new') > length((f.index || '_new')::name::text)
                THEN 'ix_' || f.indexrelid ELSE f.index || '_new' END AS new
    FROM found AS f
)
SELECT s.object, s.indrelid::bigint AS oid, s.table_schema::text AS schema, s.relname::text AS "table",
       s.indexrelid::bigint AS index_oid, s.index::text AS index, s.conname::text AS constraint, s.relation, s.nullable,
       s.nullable || ' may be null' AS evidence,
       CASE WHEN s.indnkeyatts = 1 THEN 'info' END AS severity,
       CASE WHEN s.indnkeyatts = 1 THEN 'Fine where the value is optional; else SET NOT NULL.'
            WHEN s.names IS NOT NULL THEN 'The fix makes nulls equal (NULLS NOT DISTINCT) and fails while there are such duplicates; SET NOT NULL '
                                          'is the other choice.'
            WHEN current_setting('server_version_num')::int < 150000
            THEN 'NULLS NOT DISTINCT needs PostgreSQL 15; here SET NOT NULL, or a second unique index WHERE the column IS NULL.'
            ELSE 'Make it again with NULLS NOT DISTINCT, or SET NOT NULL; its shape or what depends on it allows no ready statement.'
       END AS advice,
       CASE WHEN s.names IS NOT NULL THEN replaced.create || ' NULLS NOT DISTINCT;' || replaced.swap END AS fix,
       CASE WHEN s.names IS NOT NULL THEN replaced.create || ';' || replaced.swap END AS undo
FROM shaped AS s
CROSS JOIN LATERAL (
    SELECT format('CREATE UNIQUE INDEX CONCURRENTLY %I ON %s (%s)', s.new, s.relation, s.names) AS create,
           CASE WHEN s.conname IS NULL
                THEN format(E'\nDROP INDEX CONCURRENTLY %s;\nALTER INDEX %I.%I RENAME TO %I;', s.object, s.nspname, s.new, s.index)
                ELSE format(E'\nALTER TABLE %1$s DROP CONSTRAINT %2$I;\nALTER TABLE %1$s ADD CONSTRAINT %2$I UNIQUE USING INDEX %3$I;',
                            s.relation, s.conname, s.new) END AS swap
) AS replaced
ORDER BY 1
