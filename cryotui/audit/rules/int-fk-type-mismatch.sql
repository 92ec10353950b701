-- title: Key types differ
-- severity: watch
-- group: integrity
-- kind: constraint
-- about: A foreign key whose columns have another type than the columns they refer to, domains taken as what they are made of;
--   info where only the length or precision differs, or an integer refers to a narrower one. text and varchar count as one.
-- why: The narrower side decides: a smallint or integer reference fails at its own end although the key goes on. Every look-up
--   and join compares across types, some without the index.
-- detail: {differences}. {advice}
-- shape: ALTER TABLE {table} ALTER COLUMN {column} TYPE {type};
-- lock: ACCESS EXCLUSIVE on the table while it is rewritten, SHARE ROW EXCLUSIVE on the referenced one
-- references: https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK;
--   pg-index-health FOREIGN_KEYS_WITH_UNMATCHED_COLUMN_TYPE
WITH RECURSIVE reference AS MATERIALIZED (
    SELECT c.oid, c.conrelid, c.confrelid, k.child, k.parent, k.place
    FROM pg_catalog.pg_constraint AS c
    CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k (child, parent, place)
    WHERE c.contype = 'f' AND c.conparentid = 0 AND c.oid >= 16384
), pair AS MATERIALIZED (
    SELECT f.oid, f.place, a.attname AS child, p.attname AS parent, a.atttypid AS child_type, p.atttypid AS parent_type,
           a.atttypmod AS child_mod, p.atttypmod AS parent_mod, a.attcollation, p.attcollation AS parent_collation,
           a.attinhcount > 0 AS inherited, a.attnum, f.conrelid
    FROM reference AS f
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = f.child
    JOIN pg_catalog.pg_attribute AS p ON p.attrelid = f.confrelid AND p.attnum = f.parent
    WHERE a.atttypid <> p.atttypid OR a.atttypmod <> p.atttypmod
), made_of AS (
    SELECT t.oid AS type, t.typbasetype AS next, t.typtypmod AS modifier, t.oid AS base
    FROM pg_catalog.pg_type AS t
    WHERE t.oid IN (SELECT child_type FROM pair UNION SELECT parent_type FROM pair)
    UNION ALL
    SELECT m.type, t.typbasetype, CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE m.modifier END, t.oid
    FROM made_of AS m JOIN pg_catalog.pg_type AS t ON t.oid = m.next
), base AS MATERIALIZED (
    SELECT m.type, m.base, m.modifier, t.typtype = 'd' AS domain
    FROM made_of AS m JOIN pg_catalog.pg_type AS t ON t.oid = m.type WHERE m.next = 0
), compared AS (
    SELECT p.*, cb.base AS child_base, pb.base AS parent_base,
           CASE WHEN cb.domain THEN cb.modifier ELSE p.child_mod END AS child_real,
           CASE WHEN pb.domain THEN pb.modifier ELSE p.parent_mod END AS parent_real,
           -- text and varchar are compared as the same
           CASE cb.base WHEN 'pg_catalog.varchar'::regtype THEN 'pg_catalog.text'::regtype ELSE cb.base END
               <> CASE pb.base WHEN 'pg_catalog.varchar'::regtype THEN 'pg_catalog.text'::regtype ELSE pb.base END AS differ,
           CASE cb.base WHEN 'pg_catalog.int2'::regtype THEN 2 WHEN 'pg_catalog.int4'::regtype THEN 4
                        WHEN 'pg_catalog.int8'::regtype THEN 8 END AS child_bytes,
           CASE pb.base WHEN 'pg_catalog.int2'::regtype THEN 2 WHEN 'pg_catalog.int4'::regtype THEN 4
                        WHEN 'pg_catalog.int8'::regtype THEN 8 END AS parent_bytes
    FROM pair AS p
    JOIN base AS cb ON cb.type = p.child_type
    JOIN base AS pb ON pb.type = p.parent_type
), found AS (
    SELECT p.oid, bool_or(p.differ AND NOT coalesce(p.child_bytes > p.parent_bytes, false)) AS matters,
           bool_or(p.differ AND coalesce(p.child_bytes > p.parent_bytes, false)) AS wider,
           bool_or(p.inherited OR EXISTS (SELECT FROM pg_catalog.pg_partitioned_table AS t
                                          WHERE t.partrelid = p.conrelid AND p.attnum = ANY (t.partattrs::int2[]))) AS fixed,
           (array_agg(short.text ORDER BY p.differ DESC, p.place))[1] AS first,
           string_agg(format('%I is %s, %I is %s', p.child, format_type(p.child_type, p.child_mod), p.parent,
                             format_type(p.parent_type, p.parent_mod)), '; ' ORDER BY p.place) AS differences,
           string_agg(format('ALTER COLUMN %I TYPE %s%s', p.child, format_type(p.parent_type, p.parent_mod), parent_own.clause),
                      ', ' ORDER BY p.place) AS there,
           string_agg(format('ALTER COLUMN %I TYPE %s%s', p.child, format_type(p.child_type, p.child_mod), child_own.clause),
                      ', ' ORDER BY p.place) AS back
    FROM compared AS p
    CROSS JOIN LATERAL (
        SELECT (SELECT format(' COLLATE %I.%I', n.nspname, l.collname) FROM pg_catalog.pg_collation AS l
                JOIN pg_catalog.pg_namespace AS n ON n.oid = l.collnamespace
                WHERE l.oid = p.parent_collation AND l.oid <> (SELECT t.typcollation FROM pg_catalog.pg_type AS t WHERE t.oid = p.parent_type))
    ) AS parent_own (clause)
    CROSS JOIN LATERAL (
        SELECT (SELECT format(' COLLATE %I.%I', n.nspname, l.collname) FROM pg_catalog.pg_collation AS l
                JOIN pg_catalog.pg_namespace AS n ON n.oid = l.collnamespace
                WHERE l.oid = p.attcollation AND l.oid <> (SELECT t.typcollation FROM pg_catalog.pg_type AS t WHERE t.oid = p.child_type))
    ) AS child_own (clause)
    CROSS JOIN LATERAL (
        SELECT replace(replace(replace(replace(
                   format_type(p.child_base, p.child_real) || ' to ' || format_type(p.parent_base, p.parent_real),
                   'character varying', 'varchar'), 'character', 'char'), ' without time zone', ''), 'timestamp with time zone',
                   'timestamptz')
    ) AS short (text)
    WHERE p.differ OR (p.child_base = p.parent_base AND p.child_real <> p.parent_real)
    GROUP BY p.oid
), folded AS (
    -- keys on the same columns that want the same types are one finding, of the oldest
    SELECT f.*, row_number() OVER w AS place, count(*) OVER w AS keys
    FROM found AS f
    JOIN pg_catalog.pg_constraint AS k ON k.oid = f.oid
    WINDOW w AS (PARTITION BY k.conrelid, k.conkey, f.there ORDER BY f.oid ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
SELECT format('%I.%I %I', n.nspname, t.relname, c.conname) AS object, c.conrelid::bigint AS oid, n.nspname::text AS schema,
       t.relname::text AS "table", c.conname::text AS constraint, format('%I.%I', rn.nspname, r.relname) AS referenced,
       f.first AS evidence,
       f.differences || CASE WHEN f.keys > 1 THEN format('; %s keys on these columns', f.keys) ELSE '' END AS differences,
       CASE WHEN NOT f.matters THEN 'info' END AS severity,
       CASE WHEN f.fixed THEN format('It refers to %I.%I. An inherited or partitioning column cannot be retyped where it is: change the '
                                     'whole table, or the key.', rn.nspname, r.relname)
            WHEN f.wider THEN format('Widen the key of %I.%I with all that refers to it, before it reaches its end.', rn.nspname, r.relname)
            ELSE format('The fix gives them the type of the key in %I.%I; views on them must be dropped and made again.', rn.nspname,
                        r.relname) END AS advice,
       CASE WHEN NOT (f.fixed OR f.wider) THEN format('ALTER TABLE %I.%I %s;', n.nspname, t.relname, f.there) END AS fix,
       CASE WHEN NOT (f.fixed OR f.wider) THEN format('ALTER TABLE %I.%I %s;', n.nspname, t.relname, f.back) END AS undo
FROM folded AS f
JOIN pg_catalog.pg_constraint AS c ON c.oid = f.oid
JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid AND t.relpersistence <> 't'
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_class AS r ON r.oid = c.confrelid
JOIN pg_catalog.pg_namespace AS rn ON rn.oid = r.relnamespace
WHERE f.place = 1
ORDER BY 1
