-- title: Sequence behind its column
-- severity: bad
-- group: integrity
-- kind: sequence
-- about: A sequence whose next value is not beyond the highest value of the column it fills (lowest for a descending one).
--   Watch while the next 1,000 values are free, as where the application also writes numbers of its own range. Looked at are
--   columns that lead a btree index and small tables; the tables most inserted into come first.
-- why: The next INSERT that takes its default fails with a duplicate key, or stores one where nothing forbids it, again and
--   again until the sequence has passed the rows. Restores and loads that bring their own numbers leave this behind.
-- detail: {relation} holds {highest} in {filled}; {state}. The fix sets the sequence to the column's end.
-- shape: SELECT pg_catalog.setval({sequence}, (SELECT {highest} FROM {table}));
-- lock: ROW EXCLUSIVE on the sequence, for a moment
-- cost: K3
-- certainty: counted
-- parameters: near=1000 pages=128 most=150
-- references: https://www.postgresql.org/docs/current/functions-sequence.html;
--   https://wiki.postgresql.org/wiki/Fixing_Sequences
WITH filled AS MATERIALIZED (
    SELECT DISTINCT ON (d.objid) d.objid AS seq, d.refobjid AS attrelid, d.refobjsubid::int2 AS attnum
    FROM pg_catalog.pg_depend AS d
    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
      AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0 AND d.objid >= 16384
      AND d.objid IN (SELECT s.seqrelid FROM pg_catalog.pg_sequence AS s WHERE NOT s.seqcycle)
), led AS MATERIALIZED (
    SELECT x.indrelid, x.indkey[0] AS attnum, bool_or(x.indisunique AND x.indnkeyatts = 1) AS single
    FROM pg_catalog.pg_index AS x
    JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid AND i.relam = (SELECT m.oid FROM pg_catalog.pg_am AS m WHERE m.amname = 'btree')
    WHERE x.indisvalid AND x.indpred IS NULL AND x.indexrelid >= 16384
    GROUP BY x.indrelid, x.indkey[0]
), placed AS MATERIALIZED (
    SELECT f.seq, f.attrelid, f.attnum, l.single, t.relname, t.relnamespace, t.relkind, q.seqincrement, q.seqmax, q.seqmin,
           -- a look-up reads an index from its root, twice; without an index the table is read
           CASE WHEN l.indrelid IS NOT NULL THEN 8 ELSE greatest(t.relpages, 1) END AS pages,
           l.indrelid IS NULL AND (t.relkind = 'p' OR t.relpages > $2::bigint) AS unread,
           row_number() OVER (ORDER BY pg_stat_get_tuples_inserted(t.oid) DESC NULLS LAST, t.relpages DESC, f.seq) AS place
    FROM filled AS f
    JOIN pg_catalog.pg_class AS t ON t.oid = f.attrelid AND t.relkind IN ('r', 'p') AND t.relpersistence = 'p'
    JOIN pg_catalog.pg_sequence AS q ON q.seqrelid = f.seq
    LEFT JOIN led AS l ON l.indrelid = f.attrelid AND l.attnum = f.attnum
    -- an empty table has nothing ahead of its sequence; one that was never counted, or filled since, may have
    WHERE t.relkind = 'p' OR t.relpages > 0 OR t.reltuples <> 0 OR pg_stat_get_tuples_inserted(t.oid) > 0
), named AS MATERIALIZED (
    SELECT p.*, format('%I.%I', tn.nspname, p.relname) AS relation, tn.nspname AS table_schema, a.attname,
           format('%I.%I', sn.nspname, s.relname) AS sequence, sn.nspname, s.relname AS seq_name,
           CASE p.relkind WHEN 'r' THEN 'ONLY ' ELSE '' END AS only,
           has_sequence_privilege(p.seq, 'SELECT') AND has_schema_privilege(s.relnamespace, 'USAGE') AS seq_readable,
           has_column_privilege(p.attrelid, p.attnum, 'SELECT') AND has_schema_privilege(p.relnamespace, 'USAGE') AS table_readable,
           row_security_active(p.attrelid) AS hidden
    FROM placed AS p
    JOIN pg_catalog.pg_namespace AS tn ON tn.oid = p.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = p.attrelid AND a.attnum = p.attnum
    JOIN pg_catalog.pg_class AS s ON s.oid = p.seq
    JOIN pg_catalog.pg_namespace AS sn ON sn.oid = s.relnamespace
    WHERE p.place <= $3::bigint
), unknown AS (
    SELECT n.*, CASE WHEN NOT (n.seq_readable AND n.table_readable) THEN 'its values are hidden'
                     WHEN n.hidden THEN 'row security hides rows of its table'
                     WHEN n.unread THEN 'no index leads with its column, and the table is not read whole' END AS unknown
    FROM named AS n
), asked AS (
    SELECT (u.place - 1) / 50 AS batch, u.place, u.pages,
           format('SELECT %L AS object, %s::bigint AS oid, %L AS schema, %L AS "table", %L AS sequence, %s::bigint AS objid, '
                  '%L AS relation, %L AS filled, %L::boolean AS single, %s::bigint AS step, %s::bigint AS most, s.last_value, s.is_called, '
                  '(SELECT %s(t.%I) FROM %s%s AS t)::bigint AS highest, '
                  '(SELECT true FROM %s%s AS t WHERE t.%I BETWEEN %s AND %s LIMIT 1) AS taken FROM %s AS s',
                  u.sequence, u.attrelid, u.table_schema, u.relname, u.seq_name, u.seq, u.relation, quote_ident(u.attname),
                  coalesce(u.single, false), u.seqincrement, CASE WHEN u.seqincrement > 0 THEN u.seqmax ELSE u.seqmin END,
                  CASE WHEN u.seqincrement > 0 THEN 'max' ELSE 'min' END, u.attname, u.only, u.relation,
                  u.only, u.relation, u.attname,
                  CASE WHEN u.seqincrement > 0 THEN 's.last_value::numeric + CASE WHEN s.is_called THEN 1 ELSE 0 END'
                       ELSE format('s.last_value::numeric - %s', $1::bigint) END,
                  CASE WHEN u.seqincrement > 0 THEN format('s.last_value::numeric + %s', $1::bigint)
                       ELSE 's.last_value::numeric - CASE WHEN s.is_called THEN 1 ELSE 0 END' END, u.sequence) AS branch
    FROM unknown AS u
    WHERE u.unknown IS NULL
)
SELECT format('batch %s of sequences', a.batch + 1) AS object, NULL::bigint AS objid, NULL AS unknown, NULL AS unknown_kind, NULL AS remedy,
       format($body$
SELECT b.*, made.evidence, made.state, made.severity, made.fix, made.undo
FROM (
%1$s
) AS b
CROSS JOIN LATERAL (
    SELECT 'next ' || b.last_value + CASE WHEN b.is_called THEN b.step ELSE 0 END || ', held ' || b.highest AS evidence,
           CASE WHEN b.taken AND b.single THEN 'numbers that come next are taken, so INSERT fails'
                WHEN b.taken THEN 'numbers that come next are there already'
                ELSE 'the next %2$s are free' END AS state,
           CASE WHEN b.taken AND b.single THEN NULL ELSE 'watch' END AS severity,
           CASE WHEN b.highest * sign(b.step) <= b.most * sign(b.step)
                THEN format('SELECT pg_catalog.setval(%%L, (SELECT %%s(%%s) FROM %%s));', b.object, CASE WHEN b.step > 0 THEN 'max' ELSE 'min' END,
                            b.filled, b.relation) END AS fix,
           format('SELECT pg_catalog.setval(%%L, %%s, %%L);', b.object, b.last_value, b.is_called) AS undo
) AS made
WHERE (b.step > 0 AND b.highest::numeric >= b.last_value::numeric + CASE WHEN b.is_called THEN b.step ELSE 0 END)
   OR (b.step < 0 AND b.highest::numeric <= b.last_value::numeric + CASE WHEN b.is_called THEN b.step ELSE 0 END)
$body$, string_agg(a.branch, E'\nUNION ALL ' ORDER BY a.place), to_char($1::bigint, 'FM999,999,999')) AS question,
       sum(a.pages)::bigint * current_setting('block_size')::bigint AS reads
FROM asked AS a
GROUP BY a.batch
UNION ALL
SELECT u.sequence, u.seq::bigint, u.unknown, CASE WHEN u.unread THEN 'setting' ELSE 'privilege' END,
       CASE WHEN NOT u.seq_readable OR NOT u.table_readable
            THEN format('GRANT SELECT ON %s, %s TO %I;', u.relation, u.sequence, current_user) END, NULL, NULL
FROM unknown AS u
WHERE u.unknown IS NOT NULL
UNION ALL
SELECT 'sequences beyond the first ' || $3::bigint, NULL,
       count(*) || ' more sequences: raise the limit most of this rule', 'budget', NULL, NULL, NULL
FROM placed AS p WHERE p.place > $3::bigint
HAVING count(*) > 0
