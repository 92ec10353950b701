-- title: Reference not declared
-- severity: watch
-- group: integrity
-- kind: columns
-- about: A column named and typed like the key of another table, whose values are found there, without a foreign key. Watch
--   when some values are not found: these rows are orphans; info when all are.
-- why: Nothing stops the next orphan: a DELETE of the referenced row leaves rows behind that point nowhere.
-- detail: {column} looks like a reference to {referenced}({key}), by its name and {rows_seen:count} values. {how}
-- shape: UPDATE ONLY {table} AS c SET {column} = NULL WHERE {no_parent};\n-- or\nDELETE FROM ONLY {table} AS c WHERE
--   {no_parent};\nALTER TABLE {table} ADD CONSTRAINT {constraint} FOREIGN KEY ({column}) REFERENCES {parent} ({key})
--   NOT VALID;\nALTER TABLE {table} VALIDATE CONSTRAINT {constraint};
-- lock: SHARE ROW EXCLUSIVE on both tables for a moment, then SHARE UPDATE EXCLUSIVE and ROW SHARE while it is validated
-- cost: K3
-- certainty: counted
-- parameters: share=0.5 elsewhere=0.9 pages=12800
-- references: https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
WITH relation AS MATERIALIZED (
    SELECT t.oid, t.relname, n.nspname, t.relkind, t.relnamespace,
           CASE t.relkind WHEN 'r' THEN t.relpages ELSE (
               WITH RECURSIVE below AS (
                   SELECT i.inhrelid FROM pg_catalog.pg_inherits AS i WHERE i.inhparent = t.oid
                   UNION ALL
                   SELECT i.inhrelid FROM pg_catalog.pg_inherits AS i JOIN below ON i.inhparent = below.inhrelid
               )
               SELECT coalesce(sum(greatest(b.relpages, 0)), 0) FROM below JOIN pg_catalog.pg_class AS b ON b.oid = below.inhrelid
           ) END AS relpages,
           format('%I.%I', n.nspname, t.relname) AS name, lower(t.relname) AS lower_name
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND t.relpersistence <> 't' AND t.oid >= 16384
), family AS MATERIALIZED (
    SELECT d.oid, CASE WHEN y.oid IN ('pg_catalog.int2'::regtype, 'pg_catalog.int4'::regtype, 'pg_catalog.int8'::regtype) THEN 'integer'
                       WHEN y.oid = 'pg_catalog.uuid'::regtype THEN 'uuid' ELSE 'text' END AS family
    FROM pg_catalog.pg_type AS d
    JOIN pg_catalog.pg_type AS y ON y.oid = CASE d.typtype WHEN 'd' THEN d.typbasetype ELSE d.oid END
    WHERE y.oid IN ('pg_catalog.int2'::regtype, 'pg_catalog.int4'::regtype, 'pg_catalog.int8'::regtype, 'pg_catalog.uuid'::regtype,
                    'pg_catalog.text'::regtype, 'pg_catalog.varchar'::regtype)
), typed AS MATERIALIZED (
    SELECT a.attrelid, a.attnum, a.attname, a.attnotnull, f.family
    FROM pg_catalog.pg_attribute AS a
    JOIN family AS f ON f.oid = a.atttypid
    JOIN relation AS t ON t.oid = a.attrelid
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
), key AS (
    -- what can be referred to: the single-column primary key, else a unique column id
    SELECT DISTINCT ON (x.indrelid) x.indrelid, c.attnum, c.attname, c.family
    FROM pg_catalog.pg_index AS x
    JOIN typed AS c ON c.attrelid = x.indrelid AND c.attnum = x.indkey[0]
    WHERE x.indisunique AND x.indisvalid AND x.indimmediate AND x.indnkeyatts = 1 AND x.indpred IS NULL AND x.indexprs IS NULL
      AND (x.indisprimary OR c.attname = 'id')
    ORDER BY x.indrelid, x.indisprimary DESC
), called AS (
    -- the words a table goes by: mixtures, mixture; batches, batch; properties, property
    SELECT t.oid, form.word
    FROM relation AS t
    CROSS JOIN LATERAL (
        SELECT t.lower_name AS word
        UNION ALL SELECT left(t.lower_name, -1) WHERE t.lower_name LIKE '%s'
        UNION ALL SELECT left(t.lower_name, -2) WHERE t.lower_name LIKE '%es'
        UNION ALL SELECT left(t.lower_name, -3) || 'y' WHERE t.lower_name LIKE '%ies'
    ) AS form
), named AS MATERIALIZED (
    -- a name is looked at once, however many tables have it; mixture_id, mixtureId, mixture_uuid: mixture
    SELECT m.attname,
           lower(regexp_replace(regexp_replace(m.attname, '([a-z0-9])([A-Z])', '\1_\2', 'g'), '_(id|uuid|fk)$', '', 'i')) AS stem
    FROM (SELECT DISTINCT c.attname FROM typed AS c) AS m
    WHERE m.attname ~ '([a-z0-9]I|_[iI])[dD]$|_(uuid|fk)$'
       OR m.attname ~ '^(created|updated|modified|deleted|owned|approved|reviewed|assigned|uploaded|submitted|performed)_(by|to)$'
), suspect AS MATERIALIZED (
    SELECT c.attrelid, c.attnum, c.attname, c.attnotnull, c.family, m.stem,
           -- item_id beside item_type refers to several tables
           ARRAY[m.stem || '_type', m.stem || 'Type', m.stem || '_table'] AS beside
    FROM typed AS c
    JOIN named AS m ON m.attname = c.attname
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS f
                      WHERE f.conrelid = c.attrelid AND f.contype = 'f' AND c.attnum = ANY (f.conkey))
), pointing AS MATERIALIZED (
    SELECT c.attrelid, c.attnum, c.attname, c.attnotnull, c.family, c.stem
    FROM suspect AS c
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS s
                      WHERE s.attrelid = c.attrelid AND s.attnum > 0 AND NOT s.attisdropped AND s.attname::text = ANY (c.beside))
), people AS MATERIALIZED (
    SELECT t.oid FROM relation AS t
    WHERE t.lower_name IN ('user_profile', 'user_profiles', 'profiles', 'profile', 'users', 'user', 'accounts')
), guess AS (
    SELECT p.attrelid, p.attnum, w.oid AS target, 0 AS distance FROM pointing AS p JOIN called AS w ON w.word = p.stem
    UNION
    SELECT p.attrelid, p.attnum, p.attrelid, 0 FROM pointing AS p WHERE p.stem = 'parent'
    UNION
    -- source_molecule_id: molecule
    SELECT p.attrelid, p.attnum, w.oid, 1 FROM pointing AS p
    JOIN called AS w ON w.word = regexp_replace(p.stem, '^.*_', '') AND p.stem LIKE '%\_%'
    UNION
    SELECT p.attrelid, p.attnum, t.oid, 2 FROM pointing AS p
    CROSS JOIN people AS t
    WHERE p.attname ~ '_(by|to)$' OR p.attname IN ('owner_id', 'author_id', 'creator_id', 'user_id')
), ranked AS (
    SELECT p.attrelid, p.attnum, p.attname, p.attnotnull, t.name AS relation, t.nspname, t.relname, t.relkind, t.relnamespace,
           t.relpages, r.relpages AS target_pages, r.oid AS target, r.name AS referenced, r.relkind AS target_kind,
           r.nspname AS target_schema, k.attname AS key,
           CASE WHEN g.distance = 0 AND r.relnamespace = t.relnamespace THEN $1::float8 ELSE $2::float8 END AS least,
           g.distance = 0 AND r.relnamespace = t.relnamespace AS by_name,
           has_column_privilege(r.oid, k.attnum, 'SELECT') AND has_schema_privilege(r.relnamespace, 'USAGE') AS key_readable,
           has_column_privilege(t.oid, p.attnum, 'SELECT') AND has_schema_privilege(t.relnamespace, 'USAGE') AS column_readable,
           row_security_active(t.oid) AS column_hidden, row_security_active(r.oid) AS key_hidden,
           row_number() OVER (PARTITION BY p.attrelid, p.attnum
                              ORDER BY g.distance, r.relnamespace <> t.relnamespace, r.name) AS place
    FROM (SELECT attrelid, attnum, target, min(distance) AS distance FROM guess GROUP BY attrelid, attnum, target) AS g
    JOIN pointing AS p ON p.attrelid = g.attrelid AND p.attnum = g.attnum
    JOIN relation AS t ON t.oid = g.attrelid
    JOIN relation AS r ON r.oid = g.target
    JOIN key AS k ON k.indrelid = r.oid AND k.family = p.family
    WHERE NOT (r.oid = t.oid AND k.attnum = p.attnum)
), question AS (
    SELECT r.attrelid, r.attnum, r.attname, r.attnotnull, r.relation, r.nspname, r.relname, r.relkind, r.relnamespace,
           bool_or(r.column_readable AND r.key_readable) AS readable,
           bool_or(r.column_readable AND r.key_readable AND NOT r.column_hidden AND NOT r.key_hidden) AS visible,
           -- tables that it may refer to as well, and whose keys cannot be compared with it
           string_agg(r.referenced, ', ' ORDER BY r.place)
               FILTER (WHERE r.column_readable AND NOT r.column_hidden AND (NOT r.key_readable OR r.key_hidden)) AS unseen,
           string_agg(r.referenced, ', ' ORDER BY r.place) FILTER (WHERE r.column_readable AND NOT r.key_readable) AS ungranted,
           r.relpages > $3::bigint AS sampled,
           -- the column's table, or the sample of it, once for each table it is compared with; of that no more than all its pages,
           -- nor than one for each of about 60 rows in a page of the column's table
           sum(looked.pages + least(greatest(r.target_pages, 1), 60 * looked.pages))
               FILTER (WHERE r.column_readable AND r.key_readable AND NOT r.column_hidden AND NOT r.key_hidden)
               AS pages,
           format('GRANT SELECT ON %s TO %I;', concat_ws(', ', r.relation, nullif((array_agg(r.referenced ORDER BY r.place))[1], r.relation)), current_user) AS remedy,
           string_agg(format(
               'SELECT %s AS place, %L AS referenced, %L AS key, %L AS target_only, %L::float8 AS least, %L::boolean AS by_name, '
               'count(*) AS rows_seen, count(p.%I) AS matched '
               'FROM (SELECT s.%I AS v FROM %s%s AS s %s WHERE s.%I IS NOT NULL) AS c LEFT JOIN %s%s AS p ON p.%I = c.v',
               r.place, r.referenced, quote_ident(r.key), CASE r.target_kind WHEN 'r' THEN 'ONLY ' ELSE '' END, r.least, r.by_name,
               r.key, r.attname, CASE r.relkind WHEN 'r' THEN 'ONLY ' ELSE '' END, r.relation,
               CASE WHEN r.relpages > $3::bigint
                    THEN format('TABLESAMPLE SYSTEM (%s) REPEATABLE (0)', round(10 * $3::numeric / r.relpages, 4)) END,
               r.attname, CASE r.target_kind WHEN 'r' THEN 'ONLY ' ELSE '' END, r.referenced, r.key),
               E'\nUNION ALL ' ORDER BY r.place)
               FILTER (WHERE r.column_readable AND r.key_readable AND NOT r.column_hidden AND NOT r.key_hidden) AS asked
    FROM ranked AS r
    CROSS JOIN LATERAL (SELECT CASE WHEN r.relpages > $3::bigint THEN $3::bigint / 10 ELSE greatest(r.relpages, 1) END AS pages) AS looked
    WHERE r.place <= 3
    GROUP BY r.attrelid, r.attnum, r.attname, r.attnotnull, r.relation, r.nspname, r.relname, r.relkind, r.relnamespace, r.relpages
)
SELECT format('%s.%I', q.relation, q.attname) AS object, q.attrelid::bigint AS oid, q.nspname::text AS schema, q.relname::text AS "table",
       q.attname::text AS "column", q.relation, made.constraint,
       CASE WHEN NOT q.readable THEN quote_ident(current_user) || ' may not read both tables'
            WHEN NOT q.visible THEN 'row security hides rows from ' || quote_ident(current_user) END AS unknown,
       CASE WHEN NOT q.readable THEN q.remedy END AS remedy,
       CASE WHEN NOT q.visible THEN 'privilege' END AS unknown_kind,
       format($body$
SELECT b.referenced, b.key, b.rows_seen, b.matched,
       CASE WHEN b.rows_seen = b.matched THEN 'info' END AS severity,
       CASE WHEN b.rows_seen = 0 THEN 'by its name, no rows yet'
            WHEN b.rows_seen = b.matched THEN '%1$sall ' || to_char(b.matched, 'FM999,999,999,999') || ' match'
            ELSE '%1$s' || floor(100.0 * b.matched / b.rows_seen) || '%% match, '
                 || to_char(b.rows_seen - b.matched, 'FM999,999,999,999') || ' not' END AS evidence,
       CASE WHEN b.rows_seen = b.matched THEN 'The fix declares it.'
            ELSE %2$L END AS how,
       CASE WHEN b.rows_seen > b.matched THEN format(%7$L, b.target_only || b.referenced, b.key) END AS look,
       CASE WHEN b.rows_seen = b.matched THEN %8$L END AS undo,
       CASE WHEN b.rows_seen > b.matched
            THEN 'ROW EXCLUSIVE while rows are changed, each of them locked until COMMIT; then ' ELSE '' END || %9$L AS lock,
       concat_ws(E'\n', CASE WHEN b.rows_seen > b.matched THEN format(%3$L, b.target_only || b.referenced, b.key) END,
                 format(%4$L, b.referenced, b.key), %5$L) AS fix
FROM (
%6$s
) AS b
WHERE (b.rows_seen > 0 AND b.matched::float8 / b.rows_seen >= b.least) OR (b.rows_seen = 0 AND b.by_name)
ORDER BY b.matched::float8 / nullif(b.rows_seen, 0) DESC NULLS LAST, b.place
LIMIT 1
$body$,
              CASE WHEN q.sampled THEN 'about ' ELSE '' END,
              CASE WHEN q.attnotnull THEN 'The fix deletes the rows that point nowhere, then declares it. Look at them first: what is deleted does not come back.'
                   ELSE 'The fix empties the column where it points nowhere, then declares it. Look at the rows first: what stood there '
                        'does not come back.' END,
              replace(CASE WHEN q.attnotnull THEN 'DELETE FROM ' || q.only || q.relation || ' AS c'
                           ELSE 'UPDATE ' || q.only || q.relation || ' AS c SET ' || quote_ident(q.attname) || ' = NULL' END
                      || ' WHERE c.' || quote_ident(q.attname) || ' IS NOT NULL AND NOT EXISTS (SELECT FROM ', '%', '%%')
                  || '%1$s AS p WHERE p.%2$s = c.' || replace(quote_ident(q.attname), '%', '%%') || ');',
              replace(format('ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (%I) REFERENCES ', q.relation, made.constraint, q.attname),
                      '%', '%%') || '%1$s (%2$s)' || CASE WHEN q.relkind = 'r' THEN ' NOT VALID;' ELSE ';' END,
              CASE WHEN q.relkind = 'r' THEN format('ALTER TABLE %s VALIDATE CONSTRAINT %s;', q.relation, made.constraint) END,
              q.asked,
              replace('SELECT c.* FROM ' || q.only || q.relation || ' AS c WHERE c.' || quote_ident(q.attname)
                      || ' IS NOT NULL AND NOT EXISTS (SELECT FROM ', '%', '%%')
                  || '%1$s AS p WHERE p.%2$s = c.' || replace(quote_ident(q.attname), '%', '%%') || ') LIMIT 20;',
              format('ALTER TABLE %s DROP CONSTRAINT %s;', q.relation, made.constraint),
              CASE WHEN q.relkind = 'r'
                   THEN 'SHARE ROW EXCLUSIVE on both tables for a moment, then SHARE UPDATE EXCLUSIVE and ROW SHARE while it is validated'
                   ELSE 'SHARE ROW EXCLUSIVE on both tables while all rows are checked' END) AS question,
       q.pages::bigint * current_setting('block_size')::bigint AS reads
FROM (SELECT question.*, CASE relkind WHEN 'r' THEN 'ONLY ' ELSE '' END AS only FROM question) AS q
CROSS JOIN LATERAL (
    SELECT quote_ident(CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS c
                                         WHERE c.conrelid = q.attrelid
                                           AND c.conname = format('%s_%s_fkey', q.relname, q.attname)::name)
                            THEN format('fk_%s_%s', q.attrelid, q.attnum)::name
                            ELSE format('%s_%s_fkey', q.relname, q.attname)::name END) AS constraint
) AS made
UNION ALL
SELECT format('%s.%I', q.relation, q.attname), q.attrelid::bigint, q.nspname::text, q.relname::text, q.attname::text, q.relation, NULL,
       format('%s may not compare it with all that it may refer to: %s', quote_ident(current_user), q.unseen),
       CASE WHEN q.ungranted IS NOT NULL THEN format('GRANT SELECT ON %s TO %I;', q.ungranted, current_user) END, 'privilege', NULL, NULL
FROM question AS q
WHERE q.visible AND q.unseen IS NOT NULL
ORDER BY 1
