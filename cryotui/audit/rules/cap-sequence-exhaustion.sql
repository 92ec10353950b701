-- title: Sequence near its end
-- severity: watch
-- group: capacity
-- kind: sequence
-- about: A sequence that has used 70% (bad: 90%) of what it can give, or of what the narrowest column filled from it can hold.
--   Descending sequences count from their start down; cycling ones have no end.
-- why: At the end every INSERT that takes its default fails, at once and in all sessions. Changing the type of a large
--   table's key then takes the outage's own time.
-- evidence: {share:percent} used, {left:count} left
-- detail: Last value {last_value}; the end is {reach}, set by {narrowest}. The change of a column's type rewrites its table;
--   columns that refer to it need the same.
-- shape: ALTER TABLE {table} ALTER COLUMN {column} TYPE bigint;\n-- or\nALTER SEQUENCE {sequence} AS bigint;\n--
--   or\nALTER SEQUENCE {sequence} NO MAXVALUE;\n-- or\nALTER SEQUENCE {sequence} NO MINVALUE;
-- lock: ACCESS EXCLUSIVE on the table while it is rewritten
-- parameters: watch=0.7 bad=0.9
-- references: https://www.postgresql.org/docs/current/sql-createsequence.html; https://www.postgresql.org/docs/current/sql-altersequence.html
WITH RECURSIVE type AS MATERIALIZED (
    SELECT y.oid, CASE y.oid WHEN 'pg_catalog.int2'::regtype THEN 32767 ELSE 2147483647 END AS most
    FROM pg_catalog.pg_type AS y WHERE y.oid IN ('pg_catalog.int2'::regtype, 'pg_catalog.int4'::regtype)
    UNION ALL
    SELECT y.oid, b.most FROM type AS b JOIN pg_catalog.pg_type AS y ON y.typbasetype = b.oid AND y.typtype = 'd'
), filled AS MATERIALIZED (
    -- columns that own it, and columns whose default calls it
    SELECT d.objid AS seq, d.refobjid AS attrelid, d.refobjsubid AS attnum
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = d.objid
    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')
      AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0
    UNION ALL
    SELECT d.refobjid, e.adrelid, e.adnum
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = d.refobjid
    JOIN pg_catalog.pg_attrdef AS e ON e.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
), narrow AS (
    SELECT f.seq, min(t.most) AS most
    FROM filled AS f
    JOIN pg_catalog.pg_class AS r ON r.oid = f.attrelid AND r.relkind IN ('r', 'p')
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = f.attrelid AND a.attnum = f.attnum AND NOT a.attisdropped
    JOIN type AS t ON t.oid = a.atttypid
    GROUP BY f.seq
), member AS (
    SELECT s.seqrelid, n.most, (row_number() OVER (ORDER BY s.seqrelid) - 1) / 500 AS batch
    FROM pg_catalog.pg_sequence AS s
    JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
    LEFT JOIN narrow AS n ON n.seq = s.seqrelid
    WHERE NOT s.seqcycle AND s.seqrelid >= 16384 AND c.relpersistence <> 't'
)
-- reading a sequence locks it until the end of the transaction: asked in batches, so that thousands of them do not fill the
-- lock table of the server
SELECT format('batch %s of sequences', m.batch + 1) AS object,
       replace(replace(replace(replace($body$
WITH used AS (
    SELECT s.seqrelid, c.relnamespace, c.relname, s.seqmin, s.seqmax, s.seqstart, s.seqincrement, s.seqtypid, m.most,
           seen.granted, seen.absent,
           CASE WHEN seen.granted AND NOT seen.absent THEN pg_sequence_last_value(s.seqrelid) END AS last_value
    FROM unnest('%MEMBERS%'::oid[], '%MOST%'::int[]) AS m (seqrelid, most)
    JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = m.seqrelid
    JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
    CROSS JOIN LATERAL (
        SELECT has_sequence_privilege(s.seqrelid, 'SELECT, USAGE') AS granted,
               c.relpersistence = 'u' AND pg_is_in_recovery() AS absent
        OFFSET 0
    ) AS seen
    OFFSET 0
), reckoned AS (
    SELECT u.*,
           CASE WHEN u.seqincrement > 0 THEN least(u.seqmax, u.most) ELSE greatest(u.seqmin, -u.most - 1) END AS reach,
           u.most IS NOT NULL AND CASE WHEN u.seqincrement > 0 THEN u.most < u.seqmax ELSE -u.most - 1 > u.seqmin END
               AS column_first
    FROM used AS u
), share AS (
    SELECT r.*,
           CASE WHEN r.last_value IS NULL THEN 0
                WHEN r.seqincrement > 0
                THEN (r.last_value::float8 - r.seqmin + 1) / greatest(r.reach::float8 - r.seqmin + 1, 1)
                ELSE (r.seqmax::float8 - r.last_value + 1) / greatest(r.seqmax::float8 - r.reach + 1, 1) END AS share
    FROM reckoned AS r
), near AS MATERIALIZED (
    SELECT s.*, n.nspname
    FROM share AS s
    JOIN pg_catalog.pg_namespace AS n ON n.oid = s.relnamespace
    WHERE s.absent OR NOT s.granted OR (s.share >= %WATCH% AND s.last_value IS NOT NULL)
), told AS (
    SELECT s.*, w."column", w.widen, coalesce(w.identity, false) AS identity
    FROM near AS s
    LEFT JOIN LATERAL (
        SELECT (array_agg(h."table" || '.' || h."column" ORDER BY h.most NULLS LAST, h."table"))[1] AS "column",
               string_agg(format('ALTER TABLE %s ALTER COLUMN %s TYPE bigint;', h."table", h."column"), E'\n'
                          ORDER BY h."table", h."column") FILTER (WHERE h.most IS NOT NULL) AS widen,
               bool_or(h.own) AS identity
        FROM (
            SELECT f.own, format('%I.%I', n.nspname, t.relname) AS "table", quote_ident(a.attname) AS "column",
                   CASE base.oid WHEN 'pg_catalog.int2'::regtype THEN 32767 WHEN 'pg_catalog.int4'::regtype THEN 2147483647
                   END AS most
            FROM (
                SELECT d.refobjid AS attrelid, d.refobjsubid AS attnum, d.deptype = 'i' AS own
                FROM pg_catalog.pg_depend AS d
                WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = s.seqrelid AND d.deptype IN ('a', 'i')
                  AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0
                UNION
                SELECT e.adrelid, e.adnum, false
                FROM pg_catalog.pg_depend AS d
                JOIN pg_catalog.pg_attrdef AS e ON e.oid = d.objid
                WHERE d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
                  AND d.refobjid = s.seqrelid
            ) AS f
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = f.attrelid AND a.attnum = f.attnum AND NOT a.attisdropped
            JOIN pg_catalog.pg_class AS t ON t.oid = f.attrelid AND t.relkind IN ('r', 'p')
            JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
            CROSS JOIN LATERAL (
                WITH RECURSIVE down AS (
                    SELECT y.oid, y.typbasetype FROM pg_catalog.pg_type AS y WHERE y.oid = a.atttypid
                    UNION ALL
                    SELECT y.oid, y.typbasetype FROM pg_catalog.pg_type AS y JOIN down ON y.oid = down.typbasetype
                )
                SELECT down.oid FROM down WHERE down.typbasetype = 0
            ) AS base
        ) AS h
    ) AS w ON true
)
SELECT format('%I.%I', s.nspname, s.relname) AS object, s.nspname::text AS schema, s.relname::text AS sequence,
       s.seqrelid::bigint AS objid,
       s.last_value, s.reach, s.share::float8 AS share,
       greatest(trunc(abs(s.reach::numeric - s.last_value) / abs(s.seqincrement)), 0)::bigint AS left,
       CASE WHEN s.column_first THEN 'the type of ' || s.column ELSE 'the sequence' END AS narrowest,
       CASE WHEN s.share >= %BAD% THEN 'bad' END AS severity,
       nullif(concat_ws(E'\n',
           CASE WHEN s.most IS NOT NULL THEN s.widen END,
           CASE WHEN s.seqtypid <> 'pg_catalog.int8'::regtype AND NOT s.identity
                THEN format('ALTER SEQUENCE %I.%I AS bigint;', s.nspname, s.relname) END,
           CASE WHEN NOT s.identity AND s.seqincrement > 0
                     AND s.seqmax < CASE s.seqtypid WHEN 'pg_catalog.int2'::regtype THEN 32767
                                                    WHEN 'pg_catalog.int4'::regtype THEN 2147483647
                                                    ELSE 9223372036854775807 END
                THEN format('ALTER SEQUENCE %I.%I NO MAXVALUE;', s.nspname, s.relname)
                WHEN NOT s.identity AND s.seqincrement < 0
                     AND s.seqmin > CASE s.seqtypid WHEN 'pg_catalog.int2'::regtype THEN -32768
                                                    WHEN 'pg_catalog.int4'::regtype THEN -2147483648
                                                    ELSE -9223372036854775808 END
                THEN format('ALTER SEQUENCE %I.%I NO MINVALUE;', s.nspname, s.relname) END), '') AS fix,
       CASE WHEN s.absent THEN 'a standby does not have unlogged sequences'
            WHEN NOT s.granted THEN 'its last value is hidden' END AS unknown,
       CASE WHEN s.absent THEN 'standby' END AS unknown_kind,
       CASE WHEN NOT s.granted AND NOT s.absent THEN format('GRANT SELECT ON SEQUENCE %I.%I TO %I;', s.nspname, s.relname, current_user) END
           AS remedy
FROM told AS s
ORDER BY 1
$body$, '%MEMBERS%', array_agg(m.seqrelid ORDER BY m.seqrelid)::text),
           '%MOST%', array_agg(m.most ORDER BY m.seqrelid)::text), '%WATCH%', $1::float8::text), '%BAD%', $2::float8::text)
           AS question
FROM member AS m
GROUP BY m.batch
ORDER BY m.batch
