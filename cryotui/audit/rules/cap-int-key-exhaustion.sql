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
-- shape: ALTER TABLE {table} ALTER COLUMN {column} TYPE bigint;
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
    -- CASE hides from the planner how many it believes there are: too few, before the catalogs were analysed
    WHERE CASE WHEN c.contype = 'f' THEN cardinality(c.conkey) = 1 ELSE false END
), key_column AS (
    SELECT c.conrelid AS source, c.conkey[1] AS source_column, k.attrelid, k.attnum, k.attname, k.most, k.name, false AS refers
    FROM pg_catalog.pg_constraint AS c
    JOIN narrow AS k ON k.attrelid = c.conrelid AND k.attnum = c.conkey[1]
    WHERE CASE WHEN c.contype = 'p' THEN cardinality(c.conkey) = 1 ELSE false END
      AND (k.attrelid, k.attnum) NOT IN (SELECT f.attrelid, f.attnum FROM filled AS f)
      -- a key that refers to another has the values of that one
      AND (k.attrelid, k.attnum) NOT IN (SELECT r.conrelid, r.conkey FROM reference AS r WHERE r.confrelid <> r.conrelid)
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
), tree AS MATERIALIZED (
    SELECT o.source AS root, o.source AS part FROM open AS o WHERE o.source_kind = 'p'
    UNION
    SELECT t.root, h.inhrelid FROM tree AS t JOIN pg_catalog.pg_inherits AS h ON h.inhparent = t.part
), looked_up AS MATERIALIZED (
    SELECT t.root, count(*) AS parts FROM tree AS t GROUP BY t.root
), widened AS (
    SELECT o.*, coalesce(l.parts, 1) AS parts,
           EXISTS (SELECT FROM pg_catalog.pg_partitioned_table AS p
                   WHERE p.partrelid = o.attrelid AND o.attnum = ANY (p.partattrs::int2[])) AS divides
    FROM open AS o
    LEFT JOIN looked_up AS l ON l.root = o.source
)
-- each look reads one entry of an index; asked in batches, so that thousands of them cost no thousand questions
SELECT format('batch %s of integer keys', w.batch + 1) AS object, NULL::text AS unknown, NULL::text AS unknown_kind,
       NULL::text AS remedy, NULL::bigint AS oid,
       -- root, branch, leaf and the leaf beside it, in each partition
       (4 * sum(w.parts))::bigint * current_setting('block_size')::bigint AS reads,
       format($body$
           SELECT k.object, k.oid::bigint AS oid, k.schema, k."table", k."column", k.type, k.most, k.source, k.highest,
                  greatest(k.most - k.highest, 0) AS left, k.highest / k.most::float8 AS share,
                  CASE WHEN k.highest >= %2$s * k.most THEN 'bad' END AS severity,
                  CASE WHEN k.divides THEN 'It divides the partitions, so its type cannot change: the rows move to a new table.'
                       WHEN k.refers THEN 'The key is wider than this column, which cannot refer to what comes then.'
                       WHEN also.fix IS NOT NULL THEN 'What refers to it is widened with it.'
                       ELSE 'Nothing refers to it.' END AS advice,
                  CASE WHEN NOT k.divides
                       THEN format('ALTER TABLE %%I.%%I ALTER COLUMN %%I TYPE bigint;', k.schema, k."table", k."column")
                            || coalesce(also.fix, '') END AS fix
           FROM (%3$s) AS k
           CROSS JOIN LATERAL (
               -- the columns that refer to a key have to hold its values
               SELECT string_agg(format(E'\nALTER TABLE %%I.%%I ALTER COLUMN %%I TYPE bigint;', n.nspname, r.relname, a.attname), ''
                                 ORDER BY n.nspname, r.relname, a.attname) AS fix
               FROM pg_catalog.pg_constraint AS c
               JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] AND a.atttypid = ANY (%4$L::oid[])
               JOIN pg_catalog.pg_class AS r ON r.oid = c.conrelid AND NOT r.relispartition
               JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace
               WHERE NOT k.refers AND c.contype = 'f' AND c.confrelid = k.oid AND c.confkey = ARRAY[k.attnum] AND c.conparentid = 0
                 AND a.attidentity = ''
           ) AS also
           WHERE k.highest >= %1$s * k.most
           $body$, $1::float8, $2::float8,
           string_agg(format(
               'SELECT %L AS object, %s::oid AS oid, %s::int2 AS attnum, %L AS schema, %L AS "table", %L AS "column", %L AS type, '
               '%s::bigint AS most, %L AS source, %L::boolean AS divides, %L::boolean AS refers, '
               '(SELECT max(v.%I)::bigint FROM %s%I.%I AS v) AS highest',
               format('%I.%I.%I', w.nspname, w.relname, w.attname), w.attrelid, w.attnum, w.nspname, w.relname, w.attname, w.name,
               w.most, format('%I.%I.%I', w.source_schema, w.source_table, w.source_name), w.divides, w.refers,
               w.source_name, CASE WHEN w.source_kind = 'r' THEN 'ONLY ' ELSE '' END, w.source_schema, w.source_table),
               ' UNION ALL '),
           (SELECT array_agg(t.oid) FROM type AS t)) AS question
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
