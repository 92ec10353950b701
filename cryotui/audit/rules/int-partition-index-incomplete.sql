-- title: Partitioned index with gaps
-- severity: watch
-- group: integrity
-- kind: index
-- about: An index of a partitioned table that is invalid because partitions have no index attached to it, or one that is
--   itself invalid. That is what CREATE INDEX ON ONLY leaves until the last partition is attached.
-- why: New partitions get the index, the old ones lack it: the same query is fast here and slow there, a unique index proves
--   nothing, and REINDEX cannot mend it.
-- detail: On {relation}; {advice}
-- shape: CREATE INDEX CONCURRENTLY {index} ON {partition} {columns};\nALTER INDEX {parent_index} ATTACH PARTITION
--   {index};\n-- or\nCREATE UNIQUE INDEX CONCURRENTLY {index} ON {partition} {columns};\nALTER TABLE {partition} ADD
--   {kind} USING INDEX {index};\nALTER INDEX {parent_index} ATTACH PARTITION {index};
-- lock: SHARE UPDATE EXCLUSIVE on a partition while its index is built; ACCESS EXCLUSIVE on the new index for a moment while
--   it is attached
-- concurrently: yes
-- cost: K1
-- references: https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE;
--   https://www.postgresql.org/docs/current/sql-alterindex.html
WITH unfinished AS MATERIALIZED (
    SELECT x.indexrelid, x.indrelid, x.indisunique, x.indkey, x.indclass, x.indcollation, x.indoption, x.indnkeyatts,
           i.relname AS index, n.nspname AS index_schema, t.relname, tn.nspname,
           format('%I.%I', n.nspname, i.relname) AS object, format('%I.%I', tn.nspname, t.relname) AS relation,
           (SELECT c.contype FROM pg_catalog.pg_constraint AS c
            WHERE c.conindid = x.indexrelid AND c.conrelid = x.indrelid AND c.contype IN ('p', 'u', 'x')) AS contype
    FROM pg_catalog.pg_index AS x
    JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid AND i.relkind = 'I'
    JOIN pg_catalog.pg_namespace AS n ON n.oid = i.relnamespace
    JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid AND t.relpersistence <> 't'
    JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
    WHERE NOT x.indisvalid AND x.indexrelid >= 16384
), locked AS (
    -- deparsing waits behind ACCESS EXCLUSIVE
    SELECT l.relation FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid()
), shaped AS (
    -- what stands behind the name: access method, columns, conditions
    SELECT u.*, CASE WHEN starts_with(d.definition, d.head) THEN substr(d.definition, length(d.head) + 1) END AS shape
    FROM unfinished AS u
    CROSS JOIN LATERAL (
        SELECT CASE WHEN u.indrelid NOT IN (SELECT relation FROM locked) AND u.indexrelid NOT IN (SELECT relation FROM locked)
                    THEN pg_get_indexdef(u.indexrelid) END AS definition,
               format('CREATE %sINDEX %I ON ONLY %s ', CASE WHEN u.indisunique THEN 'UNIQUE ' END, u.index, u.relation) AS head
    ) AS d
), part AS (
    SELECT u.*, p.oid AS part_oid, p.relkind AS part_kind, p.relnamespace AS part_namespace,
           format('%I.%I', pn.nspname, p.relname) AS part, quote_ident(pn.nspname) AS part_schema, p.relname AS part_name,
           attached.indexrelid AS attached, attached.indisvalid AS sound, ready.index AS ready, ready.constraint AS ready_constraint
    FROM shaped AS u
    JOIN pg_catalog.pg_inherits AS h ON h.inhparent = u.indrelid
    JOIN pg_catalog.pg_class AS p ON p.oid = h.inhrelid
    JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
    LEFT JOIN LATERAL (
        SELECT x.indexrelid, x.indisvalid FROM pg_catalog.pg_inherits AS a
        JOIN pg_catalog.pg_index AS x ON x.indexrelid = a.inhrelid AND x.indrelid = p.oid
        WHERE a.inhparent = u.indexrelid
    ) AS attached ON true
    LEFT JOIN LATERAL (
        -- an index of the same shape that only waits to be attached
        SELECT format('%I.%I', yn.nspname, yi.relname) AS index,
               EXISTS (SELECT FROM pg_catalog.pg_constraint AS c
                       WHERE c.conindid = y.indexrelid AND c.conrelid = p.oid AND c.contype = u.contype) AS constraint
        FROM pg_catalog.pg_index AS y
        JOIN pg_catalog.pg_class AS yi ON yi.oid = y.indexrelid AND NOT yi.relispartition AND yi.relkind = 'i'
        JOIN pg_catalog.pg_namespace AS yn ON yn.oid = yi.relnamespace
        WHERE y.indrelid = p.oid AND attached.indexrelid IS NULL AND y.indisvalid AND y.indisunique = u.indisunique
          AND y.indclass = u.indclass AND y.indcollation = u.indcollation AND y.indoption = u.indoption
          AND y.indnkeyatts = u.indnkeyatts AND y.indnkeyatts = y.indnatts
          AND p.oid NOT IN (SELECT relation FROM locked) AND y.indexrelid NOT IN (SELECT relation FROM locked)
          AND regexp_replace(pg_get_indexdef(y.indexrelid), '^.*? USING ', 'USING ') = regexp_replace(u.shape, '^.*?USING ', 'USING ')
        ORDER BY 2 DESC, y.indexrelid
        LIMIT 1
    ) AS ready ON true
), told AS (
    SELECT p.indexrelid, p.indrelid, p.index, p.index_schema, p.relname, p.nspname, p.object, p.relation, p.shape,
           count(*) AS parts,
           count(*) FILTER (WHERE p.attached IS NULL) AS lacking,
           count(*) FILTER (WHERE NOT p.sound AND p.part_kind = 'r') AS broken,
           (array_agg(p.part ORDER BY p.part) FILTER (WHERE p.attached IS NULL))[1:3] AS first_lacking,
           coalesce(bool_or(p.attached IS NULL AND (p.part_kind NOT IN ('r', 'p') OR p.contype = 'x'
                            OR (p.contype IS NOT NULL AND p.part_kind <> 'r'))), false) AS beyond,
           string_agg(concat_ws(E'\n',
               CASE WHEN p.ready IS NULL AND p.part_kind = 'r'
                    THEN format('CREATE %sINDEX CONCURRENTLY %I ON %s %s;', CASE WHEN p.indisunique THEN 'UNIQUE ' END, new.name,
                                p.part, p.shape)
                    WHEN p.ready IS NULL
                    THEN format('CREATE %sINDEX %I ON %s %s;', CASE WHEN p.indisunique THEN 'UNIQUE ' END, new.name, p.part,
                                p.shape) END,
               CASE WHEN p.contype IN ('p', 'u') AND NOT coalesce(p.ready_constraint, false)
                    THEN format('ALTER TABLE %s ADD %s USING INDEX %s;', p.part,
                                CASE p.contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END,
                                coalesce(regexp_replace(p.ready, '^("(""|[^"])*"|[^".]*)[.]', ''), quote_ident(new.name))) END,
               format('ALTER INDEX %s ATTACH PARTITION %s;', p.object,
                      coalesce(p.ready, p.part_schema || '.' || quote_ident(new.name)))), E'\n' ORDER BY p.part)
               FILTER (WHERE p.attached IS NULL) AS fix
    FROM part AS p
    CROSS JOIN LATERAL (
        SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_class AS c
                                 WHERE c.relnamespace = p.part_namespace AND c.relname = format('%s_%s', p.part_name, p.index)::name)
                    THEN format('ix_%s_%s', p.part_oid, p.indexrelid)::name
                    ELSE format('%s_%s', p.part_name, p.index)::name END AS name
    ) AS new
    GROUP BY p.indexrelid, p.indrelid, p.index, p.index_schema, p.relname, p.nspname, p.object, p.relation, p.shape
)
SELECT t.object, t.indrelid::bigint AS oid, t.nspname::text AS schema, t.relname::text AS "table",
       t.indexrelid::bigint AS index_oid, t.index::text AS index, t.relation,
       CASE WHEN t.lacking > 0 THEN format('%s of %s partitions lack it', t.lacking, t.parts)
            ELSE format('invalid in %s of %s partitions', t.broken, t.parts) END AS evidence,
       CASE WHEN t.lacking = 0
            THEN 'an attached index is invalid: rebuild it with REINDEX INDEX CONCURRENTLY; where this one stays invalid, create it '
                 'anew under another name and drop it.'
            ELSE format('without it: %s%s. ', array_to_string(t.first_lacking, ', '),
                        CASE WHEN t.lacking > 3 THEN format(' and %s more', t.lacking - 3) END)
                 || CASE WHEN t.shape IS NULL THEN 'It is locked now, so its definition was not read.'
                         WHEN t.beyond THEN 'One of them cannot have such an index attached: make it there by hand, or drop this one.'
                         ELSE 'It becomes valid by itself with the last partition attached.' END END AS advice,
       CASE WHEN t.lacking > 0 AND NOT t.beyond AND t.shape IS NOT NULL THEN t.fix END AS fix
FROM told AS t
-- one that only waits for an index one level below is that one's finding
WHERE t.lacking > 0 OR t.broken > 0
ORDER BY 1
