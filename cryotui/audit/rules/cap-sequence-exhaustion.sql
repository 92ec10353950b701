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
-- lock: ACCESS EXCLUSIVE on the table while it is rewritten
-- parameters: watch=0.7 bad=0.9
-- references: https://www.postgresql.org/docs/current/sql-createsequence.html; https://www.postgresql.org/docs/current/sql-altersequence.html
WITH member AS (
    SELECT s.seqrelid, (row_number() OVER (ORDER BY s.seqrelid) - 1) / 200 AS batch
    FROM pg_catalog.pg_sequence AS s
    JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
    WHERE NOT s.seqcycle AND s.seqrelid >= 16384 AND c.relpersistence <> 't'
)
-- reading a sequence locks it until the end of the transaction: asked in batches, so that thousands of them do not fill the
-- lock table of the server
SELECT format('batch %s of sequences', m.batch + 1) AS object,
       replace(replace(replace($body$
WITH used AS (
    SELECT s.seqrelid, n.nspname, c.relname, s.seqmin, s.seqmax, s.seqstart, s.seqincrement, s.seqtypid,
           has_sequence_privilege(s.seqrelid, 'SELECT, USAGE') AS granted,
           c.relpersistence = 'u' AND pg_is_in_recovery() AS absent,
           CASE WHEN has_sequence_privilege(s.seqrelid, 'SELECT, USAGE') AND NOT (c.relpersistence = 'u' AND pg_is_in_recovery())
                THEN pg_sequence_last_value(s.seqrelid) END AS last_value
    FROM pg_catalog.pg_sequence AS s
    JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE s.seqrelid = ANY ('%MEMBERS%'::oid[])
), filled AS (
    -- columns that own it, and columns whose default calls it
    SELECT DISTINCT seq, attrelid, attnum, own FROM (
        SELECT d.objid AS seq, d.refobjid AS attrelid, d.refobjsubid::int2 AS attnum, d.deptype = 'i' AS own
        FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = ANY ('%MEMBERS%'::oid[]) AND d.deptype IN ('a', 'i')
          AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0
        UNION ALL
        SELECT d.refobjid, e.adrelid, e.adnum, false
        FROM pg_catalog.pg_depend AS d
        JOIN pg_catalog.pg_attrdef AS e ON e.oid = d.objid
        WHERE d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
          AND d.refobjid = ANY ('%MEMBERS%'::oid[])
    ) AS both_ways
), held AS (
    SELECT f.seq, f.attrelid, f.own, format('%I.%I', n.nspname, t.relname) AS "table", quote_ident(a.attname) AS "column",
           CASE base.oid WHEN 'pg_catalog.int2'::regtype THEN 32767 WHEN 'pg_catalog.int4'::regtype THEN 2147483647 END AS most
    FROM filled AS f
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
), narrow AS (
    SELECT h.seq, min(h.most) AS most,
           (array_agg(h."table" || '.' || h."column" ORDER BY h.most NULLS LAST, h."table"))[1] AS "column",
           string_agg(format('ALTER TABLE %s ALTER COLUMN %s TYPE bigint;', h."table", h."column"), E'\n'
                      ORDER BY h."table", h."column") FILTER (WHERE h.most IS NOT NULL) AS widen,
           bool_or(h.own) AS identity
    FROM held AS h GROUP BY h.seq
), reckoned AS (
    SELECT u.*, w.column, w.widen, coalesce(w.identity, false) AS identity,
           CASE WHEN u.seqincrement > 0 THEN least(u.seqmax, w.most) ELSE greatest(u.seqmin, -w.most - 1) END AS reach,
           w.most IS NOT NULL AND CASE WHEN u.seqincrement > 0 THEN w.most < u.seqmax ELSE -w.most - 1 > u.seqmin END
               AS column_first,
           w.most
    FROM used AS u LEFT JOIN narrow AS w ON w.seq = u.seqrelid
), share AS (
    SELECT r.*,
           CASE WHEN r.last_value IS NULL THEN 0
                WHEN r.seqincrement > 0
                THEN (r.last_value::float8 - r.seqmin + 1) / greatest(r.reach::float8 - r.seqmin + 1, 1)
                ELSE (r.seqmax::float8 - r.last_value + 1) / greatest(r.seqmax::float8 - r.reach + 1, 1) END AS share
    FROM reckoned AS r
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
FROM share AS s
WHERE s.absent OR NOT s.granted OR (s.share >= %WATCH% AND s.last_value IS NOT NULL)
ORDER BY 1
$body$, '%MEMBERS%', array_agg(m.seqrelid ORDER BY m.seqrelid)::text), '%WATCH%', $1::float8::text), '%BAD%', $2::float8::text)
           AS question
FROM member AS m
GROUP BY m.batch
ORDER BY m.batch
