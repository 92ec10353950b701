-- title: Orphan rows
-- severity: bad
-- group: integrity
-- kind: columns
-- about: Rows whose foreign key points to no row. Looked for where PostgreSQL does not vouch for it: references that are not
--   validated, not enforced or whose triggers are disabled; and in small tables under valid ones, which a load with triggers
--   switched off can break. Valid ones beyond the limits small and vouched are told as not looked at.
-- why: Joins lose these rows silently, sums differ from screen to screen, a restore of a dump fails, and the constraint that
--   everybody believes in is not true.
-- detail: {constraint} to {referenced} is {state}. {how}
-- shape: UPDATE ONLY {table} AS c SET {columns} = NULL WHERE {no_parent};\n-- or\nDELETE FROM ONLY {table} AS c WHERE
--   {no_parent};
-- lock: ROW EXCLUSIVE; writers of the same rows wait
-- cost: K3
-- certainty: counted
-- parameters: pages=25600 small=1280 vouched=50 most=10000
-- references: https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
WITH off AS MATERIALIZED (
    SELECT g.tgconstraint FROM pg_catalog.pg_trigger AS g WHERE g.tgisinternal AND g.tgenabled = 'D'
), reference AS MATERIALIZED (
    SELECT c.*, t.relkind, t.relname, n.nspname, t.relnamespace, c.oid IN (SELECT off.tgconstraint FROM off) AS disabled,
           count(*) OVER (PARTITION BY c.conrelid, c.conkey) > 1 AS beside,
           CASE t.relkind WHEN 'r' THEN t.relpages ELSE (
               WITH RECURSIVE below AS (
                   SELECT i.inhrelid FROM pg_catalog.pg_inherits AS i WHERE i.inhparent = t.oid
                   UNION ALL
                   SELECT i.inhrelid FROM pg_catalog.pg_inherits AS i JOIN below ON i.inhparent = below.inhrelid
               )
               SELECT coalesce(sum(greatest(b.relpages, 0)), 0) FROM below JOIN pg_catalog.pg_class AS b ON b.oid = below.inhrelid
           ) END AS pages
    FROM pg_catalog.pg_constraint AS c
    JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid AND t.relpersistence <> 't'
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE c.contype = 'f' AND c.conparentid = 0 AND c.oid >= 16384
), placed AS (
    SELECT f.*, NOT f.convalidated OR f.disabled AS in_doubt,
           row_number() OVER (PARTITION BY NOT f.convalidated OR f.disabled
                              ORDER BY f.pages, f.nspname, f.relname, f.conname) AS place
    FROM reference AS f
), asked AS MATERIALIZED (
    SELECT f.*, r.relkind AS parent_kind, r.relname AS parent_name, rn.nspname AS parent_schema, r.relnamespace AS parent_namespace,
           CASE r.relkind WHEN 'r' THEN greatest(r.relpages, 1) END AS parent_pages
    FROM placed AS f
    JOIN pg_catalog.pg_class AS r ON r.oid = f.confrelid
    JOIN pg_catalog.pg_namespace AS rn ON rn.oid = r.relnamespace
    WHERE f.in_doubt OR (f.pages <= $2::bigint AND f.place <= $3::bigint)
), locked AS MATERIALIZED (
    SELECT l.relation FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.granted AND l.pid <> pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
), part AS (
    SELECT f.*, columns.*,
           format('%I.%I', f.nspname, f.relname) AS relation, format('%I.%I', f.parent_schema, f.parent_name) AS referenced,
           CASE WHEN f.relkind = 'r' THEN 'ONLY ' ELSE '' END AS child_only,
           CASE WHEN f.parent_kind = 'r' THEN 'ONLY ' ELSE '' END AS parent_only,
           f.pages > $1::bigint AS sampled,
           regexp_replace(regexp_replace(f.parent_name::text, 'ies$', 'y'), '([^s])s$', '\1') AS one,
           -- from 18 on
           coalesce((SELECT (to_jsonb(c) ->> 'conperiod')::boolean FROM pg_catalog.pg_constraint AS c WHERE c.oid = f.oid),
                    false) AS temporal,
           coalesce((SELECT (to_jsonb(c) ->> 'conenforced')::boolean FROM pg_catalog.pg_constraint AS c WHERE c.oid = f.oid),
                    true) AS enforced
    FROM asked AS f
    CROSS JOIN LATERAL (
        SELECT string_agg(format('p.%I OPERATOR(%I.%s) c.%I', pk.attname, opn.nspname, op.oprname, fk.attname), ' AND '
                          ORDER BY k.place) AS equal,
               string_agg(format('c.%I IS NOT NULL', fk.attname), CASE f.confmatchtype WHEN 'f' THEN ' OR ' ELSE ' AND ' END
                          ORDER BY k.place) AS set,
               string_agg(quote_ident(fk.attname), ', ' ORDER BY k.place) AS names,
               bool_and(has_column_privilege(f.conrelid, fk.attnum, 'SELECT')) AND has_schema_privilege(f.relnamespace, 'USAGE')
                   AS child_readable,
               bool_and(has_column_privilege(f.confrelid, pk.attnum, 'SELECT'))
                   AND has_schema_privilege(f.parent_namespace, 'USAGE') AS parent_readable,
               count(*) = 1 AND NOT bool_or(fk.attnotnull) AS nullable
        FROM unnest(f.conkey, f.confkey, f.conpfeqop) WITH ORDINALITY AS k (child, parent, operator, place)
        JOIN pg_catalog.pg_attribute AS fk ON fk.attrelid = f.conrelid AND fk.attnum = k.child
        JOIN pg_catalog.pg_attribute AS pk ON pk.attrelid = f.confrelid AND pk.attnum = k.parent
        JOIN pg_catalog.pg_operator AS op ON op.oid = k.operator
        JOIN pg_catalog.pg_namespace AS opn ON opn.oid = op.oprnamespace
    ) AS columns
), whole AS (
    SELECT p.*, format('(%s) AND NOT EXISTS (SELECT FROM %s%s AS p WHERE %s)', p.set, p.parent_only, p.referenced, p.equal) AS broken,
           row_security_active(p.conrelid) OR row_security_active(p.confrelid) AS hidden,
           -- a question waits a while for its lock; of a batch the others would not be asked then
           NOT p.in_doubt AND EXISTS (SELECT FROM locked AS l WHERE l.relation IN (p.conrelid, p.confrelid)) AS locked
    FROM part AS p
), told AS MATERIALIZED (
    SELECT w.in_doubt, w.place,
           CASE WHEN cardinality(w.conkey) = 1 THEN w.relation || '.' || w.names ELSE format('%s(%s)', w.relation, w.names) END
               -- two keys on the same columns are two findings
               || CASE WHEN w.beside THEN format(' %I', w.conname) ELSE '' END AS object,
           w.conrelid::bigint AS oid, w.nspname::text AS schema, w.relname::text AS "table", w.names AS columns,
           w.conname::text AS constraint, w.referenced,
           CASE WHEN NOT w.enforced THEN 'not enforced' WHEN w.disabled THEN 'not checked, its triggers are disabled'
                WHEN NOT w.convalidated THEN 'not validated' ELSE 'valid, yet broken' END AS state,
           format('SELECT * FROM %s%s AS c WHERE %s LIMIT 20;', w.child_only, w.relation, w.broken) AS look,
           CASE WHEN w.nullable
                THEN 'The fix empties the column of these rows; DELETE is the other choice. Neither comes back: look at them first.'
                ELSE 'The fix deletes these rows, and they do not come back; adding what they refer to is the other choice. Look at them first.' END AS how,
           CASE WHEN w.nullable
                THEN format('UPDATE %s%s AS c SET %s = NULL WHERE %s;', w.child_only, w.relation, w.names, w.broken)
                ELSE format('DELETE FROM %s%s AS c WHERE %s;', w.child_only, w.relation, w.broken) END AS fix,
           CASE WHEN NOT (w.child_readable AND w.parent_readable) THEN quote_ident(current_user) || ' may not read both tables'
                WHEN w.hidden THEN 'row security hides rows from ' || quote_ident(current_user)
                WHEN w.temporal THEN 'a reference over periods' || CASE WHEN w.in_doubt THEN '; VALIDATE CONSTRAINT proves it' ELSE '' END
                WHEN w.locked THEN 'one of its tables is locked' END AS unknown,
           CASE WHEN NOT (w.child_readable AND w.parent_readable) OR w.hidden THEN 'privilege'
                WHEN NOT w.temporal AND w.locked THEN 'locked' END AS unknown_kind,
           CASE WHEN NOT (w.child_readable AND w.parent_readable)
                THEN concat_ws(' ',
                    CASE WHEN NOT (has_schema_privilege(w.relnamespace, 'USAGE') AND has_schema_privilege(w.parent_namespace, 'USAGE'))
                         THEN format('GRANT USAGE ON SCHEMA %s TO %I;',
                                     concat_ws(', ', quote_ident(w.nspname),
                                               nullif(quote_ident(w.parent_schema), quote_ident(w.nspname))), current_user) END,
                    format('GRANT SELECT ON %s TO %I;', concat_ws(', ', w.relation, nullif(w.referenced, w.relation)), current_user))
           END AS remedy,
           format($question$
               SELECT count(*) AS orphans,
                      to_char(least(count(*), %1$s), 'FM999,999,999') || %2$L || %3$L AS evidence,
                      CASE WHEN %4$L::boolean AND count(*) = 0 THEN %5$L END AS unknown, 'unmeasured' AS unknown_kind
               FROM (SELECT FROM %6$s%7$s AS c %8$s WHERE %9$s LIMIT %1$s + 1) AS orphan
               HAVING count(*) > 0 OR %4$L::boolean
               $question$,
               $4::bigint, CASE WHEN w.sampled THEN '+ lack ' ELSE ' lack ' END,
               CASE WHEN w.one ~* '^[aeio]' THEN 'an ' ELSE 'a ' END || w.one, w.sampled,
               'a sample of the table holds none' || CASE WHEN w.in_doubt THEN '; VALIDATE CONSTRAINT proves it' ELSE '' END,
               w.child_only, w.relation,
               CASE WHEN w.sampled THEN format('TABLESAMPLE SYSTEM (%s) REPEATABLE (0)', round((10 * $1::numeric) / w.pages, 4)) END,
               w.broken) AS question,
           -- of the parent no more than all its pages, nor than one for each of about 60 rows in a page of the child
           (looked.pages + least(w.parent_pages, 60 * looked.pages)) * current_setting('block_size')::bigint AS reads
    FROM whole AS w
    CROSS JOIN LATERAL (SELECT CASE WHEN w.sampled THEN $1::bigint / 10 ELSE greatest(w.pages, 1)::bigint END AS pages) AS looked
)
SELECT a.object, a.oid, a.schema, a."table", a.columns, a.constraint, a.referenced, a.state, a.look, a.how, a.fix, a.unknown,
       a.unknown_kind, a.remedy, a.question, a.reads
FROM (
SELECT t.object, t.oid, t.schema, t."table", t.columns, t.constraint, t.referenced, t.state, NOT t.in_doubt AS vouched_for, t.look, t.how,
       t.fix, t.unknown, t.unknown_kind, t.remedy, t.question, t.reads
FROM told AS t
WHERE t.in_doubt OR t.unknown IS NOT NULL
UNION ALL
-- what PostgreSQL vouches for is asked in batches: one answer costs less than ten
SELECT (array_agg(b.object ORDER BY b.place))[1] || CASE WHEN count(*) > 1 THEN format(' and %s more', count(*) - 1) ELSE '' END,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, true, NULL, NULL, NULL, NULL, NULL, NULL,
       format('SELECT t.*, q.orphans, q.evidence, q.unknown, q.unknown_kind FROM jsonb_to_recordset(%L) AS t (place bigint, object text, '
              'oid bigint, schema text, "table" text, columns text, "constraint" text, referenced text, state text, look text, how text, '
              'fix text) JOIN (%s) AS q ON q.place = t.place',
              jsonb_agg(jsonb_build_object('place', b.place, 'object', b.object, 'oid', b.oid, 'schema', b.schema, 'table', b."table",
                                           'columns', b.columns, 'constraint', b.constraint, 'referenced', b.referenced,
                                           'state', b.state, 'look', b.look, 'how', b.how, 'fix', b.fix)),
              string_agg(format('SELECT %s::bigint AS place, a.orphans, a.evidence, a.unknown, a.unknown_kind FROM (%s) AS a', b.place,
                                b.question),
                         E'\nUNION ALL ' ORDER BY b.place)),
       sum(b.reads)::bigint
FROM (SELECT t.*, (t.place - 1) / 10 AS batch FROM told AS t WHERE NOT t.in_doubt AND t.unknown IS NULL) AS b
GROUP BY b.batch
UNION ALL
SELECT p.first || CASE WHEN p.beyond > 1 THEN format(' and %s more', p.beyond - 1) ELSE '' END, NULL, NULL, NULL, NULL, NULL, NULL, NULL, true, NULL, NULL, NULL,
       'valid references of larger or further tables, which only a load with triggers switched off breaks; '
       'the limits small and vouched of this rule take them in', 'budget', NULL, NULL, NULL
FROM (SELECT count(*) AS beyond, (array_agg(format('%I.%I %I', f.nspname, f.relname, f.conname) ORDER BY f.place))[1] AS first
      FROM placed AS f WHERE NOT f.in_doubt AND NOT (f.pages <= $2::bigint AND f.place <= $3::bigint)) AS p
WHERE p.beyond > 0
) AS a
ORDER BY a.vouched_for, a.object
