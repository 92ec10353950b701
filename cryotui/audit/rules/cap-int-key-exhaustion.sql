-- title: Integer key near its end
-- severity: watch
-- group: capacity
-- kind: columns
-- about: An int or smallint column that has used 50% (bad: 75%) of its type by the highest value of its key: a primary key of one
--   column that no sequence fills, or a column that refers to a key of a wider type, whatever fills that. Keys that a sequence
--   fills are found by cap-sequence-exhaustion.
-- why: At the end every INSERT fails, at once and in all sessions. Changing the type of a large table's key then takes the
--   outage's own time, and that of every table that refers to it.
-- evidence: {share:percent} used, {left:count} left
-- detail: The highest value of {source} is {highest}; {type} ends at {most}. {advice}
-- lock: ACCESS EXCLUSIVE on each table while it is rewritten
-- cost: K3
-- certainty: counted
-- parameters: watch=0.5 bad=0.75
-- references: https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-INT; https://www.postgresql.org/docs/current/sql-altertable.html
WITH RECURSIVE type AS MATERIALIZED (
    SELECT y.oid, y.oid AS declared, 2147483647::bigint AS most, 'integer' AS name
    FROM pg_catalog.pg_type AS y WHERE y.oid = 'pg_catalog.int4'::regtype
    UNION ALL
    SELECT y.oid, y.oid, 32767, 'smallint' FROM pg_catalog.pg_type AS y WHERE y.oid = 'pg_catalog.int2'::regtype
    UNION ALL
    -- a domain over one of them; its own type is what a fix would have to change
    SELECT y.oid, y.oid, b.most, b.name FROM type AS b JOIN pg_catalog.pg_type AS y ON y.typbasetype = b.oid AND y.typtype = 'd'
), narrow AS MATERIALIZED (
    SELECT a.attrelid, a.attnum, a.attname, t.most, t.name
    FROM pg_catalog.pg_attribute AS a
    JOIN type AS t ON t.oid = a.atttypid
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' AND a.attrelid >= 16384
), filled AS MATERIALIZED (
    -- columns that own a sequence, and columns whose default calls one
    SELECT d.refobjid AS attrelid, d.refobjsubid AS attnum
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = d.objid
    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
      AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
    UNION
    SELECT e.adrelid, e.adnum
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = d.refobjid
    JOIN pg_catalog.pg_attrdef AS e ON e.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
), reference AS MATERIALIZED (
    SELECT c.conrelid, c.conkey[1] AS conkey, c.confrelid, c.confkey[1] AS confkey, c.conparentid
    FROM pg_catalog.pg_constraint AS c
    WHERE c.contype = 'f' AND cardinality(c.conkey) = 1
), key_column AS (
    SELECT c.conrelid AS source, c.conkey[1] AS source_column, k.attrelid, k.attnum, k.attname, k.most, k.name, false AS refers
    FROM pg_catalog.pg_constraint AS c
    JOIN narrow AS k ON k.attrelid = c.conrelid AND k.attnum = c.conkey[1]
    WHERE c.contype = 'p' AND cardinality(c.conkey) = 1
      AND NOT EXISTS (SELECT FROM filled AS f WHERE f.attrelid = k.attrelid AND f.attnum = k.attnum)
      -- a key that refers to another has the values of that one
      AND NOT EXISTS (SELECT FROM reference AS r
                      WHERE r.conrelid = k.attrelid AND r.conkey = k.attnum AND r.confrelid <> r.conrelid)
    UNION
    SELECT f.confrelid, f.confkey, k.attrelid, k.attnum, k.attname, k.most, k.name, true
    FROM reference AS f
    JOIN narrow AS k ON k.attrelid = f.conrelid AND k.attnum = f.conkey
    JOIN pg_catalog.pg_attribute AS w ON w.attrelid = f.confrelid AND w.attnum = f.confkey
    WHERE f.conparentid = 0
      AND (w.atttypid = 'pg_catalog.int8'::regtype OR (w.atttypid = 'pg_catalog.int4'::regtype AND k.most = 32767))
), asked AS (
    SELECT k.*, t.relkind, t.relname, n.nspname, t.relpersistence, s.relname AS source_table, sn.nspname AS source_schema,
           a.attname AS source_name, s.relkind AS source_kind, s.relnamespace AS source_namespace,
           s.relpersistence = 'u' AND pg_is_in_recovery() AS absent
    FROM key_column AS k
    JOIN pg_catalog.pg_class AS t ON t.oid = k.attrelid AND t.relkind IN ('r', 'p') AND NOT t.relispartition
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    JOIN pg_catalog.pg_class AS s ON s.oid = k.source AND s.relpersistence <> 't'
    JOIN pg_catalog.pg_namespace AS sn ON sn.oid = s.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.source AND a.attnum = k.source_column
), locked AS MATERIALIZED (
    SELECT DISTINCT l.relation FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
), judged AS MATERIALIZED (
    SELECT a.*, has_column_privilege(a.source, a.source_column, 'SELECT') AND has_schema_privilege(a.source_namespace, 'USAGE')
               AS readable,
           row_security_active(a.source) AS hidden, a.source IN (SELECT l.relation FROM locked AS l) AS locked
    FROM asked AS a
), open AS (
    SELECT j.*, (row_number() OVER (ORDER BY j.source_schema, j.source_table, j.attrelid) - 1) / 100 AS batch
    FROM judged AS j WHERE j.readable AND NOT j.hidden AND NOT j.locked AND NOT j.absent
), referring AS MATERIALIZED (
    -- the columns that refer to a key have to hold its values
    SELECT f.confrelid, f.confkey,
           string_agg(format(E'\nALTER TABLE %I.%I ALTER COLUMN %I TYPE bigint;', rn.nspname, r.relname, x.attname), ''
                      ORDER BY rn.nspname, r.relname, x.attname) AS also
    FROM reference AS f
    JOIN narrow AS x ON x.attrelid = f.conrelid AND x.attnum = f.conkey
    JOIN pg_catalog.pg_class AS r ON r.oid = f.conrelid AND NOT r.relispartition
    JOIN pg_catalog.pg_namespace AS rn ON rn.oid = r.relnamespace
    WHERE f.conparentid = 0
    GROUP BY f.confrelid, f.confkey
), tree AS MATERIALIZED (
    SELECT o.source AS root, o.source AS part FROM open AS o WHERE o.source_kind = 'p'
    UNION
    SELECT t.root, h.inhrelid FROM tree AS t JOIN pg_catalog.pg_inherits AS h ON h.inhparent = t.part
), looked_up AS MATERIALIZED (
    SELECT t.root, count(*) AS parts FROM tree AS t GROUP BY t.root
), widened AS (
    SELECT o.*, coalesce(l.parts, 1) AS parts,
           EXISTS (SELECT FROM pg_catalog.pg_partitioned_table AS p
                   WHERE p.partrelid = o.attrelid AND o.attnum = ANY (p.partattrs::int2[])) AS divides,
           CASE WHEN NOT o.refers THEN r.also END AS also
    FROM open AS o
    LEFT JOIN referring AS r ON r.confrelid = o.attrelid AND r.confkey = o.attnum
    LEFT JOIN looked_up AS l ON l.root = o.source
)
-- each look reads one entry of an index; asked in batches, so that thousands of them cost no thousand questions
SELECT format('batch %s of integer keys', w.batch + 1) AS object, NULL::text AS unknown, NULL::text AS unknown_kind,
       NULL::text AS remedy, NULL::bigint AS oid,
       -- root, branch, leaf and the leaf beside it, in each partition
       (4 * sum(w.parts))::bigint * current_setting('block_size')::bigint AS reads,
       format($body$
           SELECT k.*, round(greatest(k.most - k.highest, 0))::bigint AS left, k.highest / k.most::float8 AS share,
                  CASE WHEN k.highest >= %2$s * k.most THEN 'bad' END AS severity
           FROM (%3$s) AS k
           WHERE k.highest >= %1$s * k.most
           $body$, $1::float8, $2::float8,
           string_agg(format(
               'SELECT %L AS object, %s::bigint AS oid, %L AS schema, %L AS "table", %L AS "column", %L AS type, %s::bigint AS most, '
               '%L AS source, %L AS advice, %L AS fix, (SELECT max(v.%I)::float8 FROM %s%I.%I AS v) AS highest',
               format('%I.%I.%I', w.nspname, w.relname, w.attname), w.attrelid, w.nspname, w.relname, w.attname, w.name, w.most,
               format('%I.%I.%I', w.source_schema, w.source_table, w.source_name),
               CASE WHEN w.divides THEN 'It divides the partitions, so its type cannot change: the rows move to a new table.'
                    WHEN w.refers THEN 'The key is wider than this column, which cannot refer to what comes then.'
                    WHEN w.also IS NOT NULL THEN 'What refers to it is widened with it.'
                    ELSE 'Nothing refers to it.' END,
               CASE WHEN NOT w.divides
                    THEN format('ALTER TABLE %I.%I ALTER COLUMN %I TYPE bigint;', w.nspname, w.relname, w.attname)
                         || coalesce(w.also, '') END,
               w.source_name, CASE WHEN w.source_kind = 'r' THEN 'ONLY ' ELSE '' END, w.source_schema, w.source_table),
               ' UNION ALL ')) AS question
FROM widened AS w
GROUP BY w.batch
UNION ALL
SELECT format('%I.%I.%I', j.nspname, j.relname, j.attname),
       CASE WHEN j.absent THEN 'a standby does not have unlogged tables'
            WHEN j.locked THEN 'its key is locked'
            WHEN NOT j.readable THEN 'this role may not read its key'
            ELSE 'row security hides rows of its key' END,
       CASE WHEN j.absent THEN 'standby' WHEN j.locked THEN 'locked' ELSE 'privilege' END,
       CASE WHEN NOT j.readable AND NOT j.absent AND NOT j.locked
            THEN concat_ws(' ', CASE WHEN NOT has_schema_privilege(j.source_namespace, 'USAGE')
                                     THEN format('GRANT USAGE ON SCHEMA %I TO %I;', j.source_schema, current_user) END,
                           format('GRANT SELECT (%I) ON %I.%I TO %I;', j.source_name, j.source_schema, j.source_table, current_user))
       END,
       j.attrelid::bigint, NULL, NULL
FROM judged AS j
WHERE NOT j.readable OR j.hidden OR j.locked OR j.absent
ORDER BY 1
