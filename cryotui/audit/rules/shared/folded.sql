-- folded: of the conditions of the policies in asked (oid) those that let the same pass whatever the row: oid, part (using, check), value
-- (T always true, M true or null, F always false, N never true)
part AS MATERIALIZED (
    -- by a hash, since thousands of policies are alike; before 17 a tree tells where in its statement each part stood
    SELECT p.oid, part.name,
           hashtextextended(CASE WHEN current_setting('server_version_num')::int >= 170000 THEN part.raw
                                 ELSE regexp_replace(part.raw, ' :location -?\d+', '', 'g') END, 0) AS key
    FROM pg_catalog.pg_policy AS p
    JOIN asked AS a ON a.oid = p.oid
    CROSS JOIN LATERAL (VALUES ('using', p.polqual::text), ('check', p.polwithcheck::text)) AS part (name, raw)
    WHERE part.raw IS NOT NULL
), distinct_tree AS MATERIALIZED (
    SELECT s.key, CASE s.name WHEN 'using' THEN p.polqual ELSE p.polwithcheck END::text || '' AS stored
    FROM (SELECT DISTINCT ON (part.key) part.key, part.oid, part.name FROM part ORDER BY part.key) AS s
    JOIN pg_catalog.pg_policy AS p ON p.oid = s.oid
), candidate AS MATERIALIZED (
    -- a stored tree that begins or goes on otherwise cannot fold to a value; most policies end here
    SELECT d.key,
           CASE WHEN strpos(d.stored, '\') > 0 THEN regexp_replace(d.stored, '\\.', '', 'g') ELSE d.stored END AS raw
    FROM distinct_tree AS d
    WHERE CASE WHEN d.stored LIKE '{CONST%' THEN true
               WHEN d.stored LIKE '{OPEXPR%' THEN d.stored ~ '^\{OPEXPR [^{}]*:args \(\{(CONST|VAR) [^{}]*\} \{\1 '
               WHEN d.stored LIKE '{NULLTEST%' THEN d.stored ~ '^\{NULLTEST :arg \{(CONST|VAR) '
               WHEN d.stored LIKE '{SUBLINK :subLinkType 4%' THEN strpos(d.stored, ':fromlist <> :quals <>') > 0
               WHEN d.stored ~ '^\{(BOOLEXPR|BOOLEANTEST|COALESCE|RELABELTYPE)'
               THEN strpos(d.stored, ':consttype 16 ') > 0 OR strpos(d.stored, '{NULLTEST ') > 0
                    OR d.stored ~ ':args \(\{(CONST|VAR) [^{}]*\} \{\1 '
               ELSE false END
), policy AS MATERIALIZED (
    SELECT p.oid, p.polrelid, part.name AS part, c.raw
    FROM candidate AS c
    JOIN part ON part.key = c.key
    JOIN pg_catalog.pg_policy AS p ON p.oid = part.oid
), filled AS MATERIALIZED (
    SELECT a.attrelid, string_agg(a.attnum::text, '|' ORDER BY a.attnum) AS never_null
    FROM pg_catalog.pg_attribute AS a
    WHERE a.attnum > 0 AND a.attnotnull AND NOT a.attisdropped AND a.attrelid IN (SELECT p.polrelid FROM policy AS p)
    GROUP BY a.attrelid
), placed AS MATERIALIZED (
    -- before 17 a tree tells where in its statement each part stood; without that equal conditions are equal texts
    SELECT p.oid, p.part, coalesce(f.never_null, 'none') AS never_null,
           CASE WHEN current_setting('server_version_num')::int >= 170000 THEN p.raw
                ELSE regexp_replace(p.raw, ' :location -?\d+', '', 'g') END AS tree
    FROM policy AS p
    LEFT JOIN filled AS f ON f.attrelid = p.polrelid
), operators AS MATERIALIZED (
    SELECT string_agg(o.oid::text, '|') FILTER (WHERE o.oprname IN ('=', '<=', '>=')) AS reflexive,
           string_agg(o.oid::text, '|') FILTER (WHERE o.oprname IN ('<>', '<', '>')) AS irreflexive,
           string_agg(o.oid::text, '|') FILTER (WHERE o.oprname = '=' AND o.oprleft IN (16, 20, 21, 23, 25, 2950)) AS equal
    FROM pg_catalog.pg_operator AS o
    WHERE o.oprname IN ('=', '<=', '>=', '<>', '<', '>') AND o.oprleft = o.oprright AND o.oid < 16384
), shape AS MATERIALIZED (
    SELECT DISTINCT p.tree, p.never_null FROM placed AS p
), leaves AS (
    -- constants and columns of the row, and what two of them make: an operator between equal ones, = between different constants
    SELECT w.tree AS whole, w.never_null, o.irreflexive,
           regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(w.tree,
               '\{CONST :consttype 16 [^{}]*:constisnull false [^{}]*:constvalue 1 \[ 1[^{}]*\}', '<T>', 'g'),
               '\{CONST :consttype 16 [^{}]*:constisnull false [^{}]*:constvalue 1 \[ 0[^{}]*\}', '<F>', 'g'),
               '\{CONST :consttype 16 [^{}]*:constisnull true [^{}]*\}', '<0>', 'g'),
               '\{VAR :varno 1 :varattno (\d+) [^{}]*:varlevelsup 0 [^{}]*\}', '<col \1>', 'g'),
               '\{OPEXPR :opno (?:' || o.reflexive || ') [^{}]*:args \((\{CONST [^{}]*:constisnull false [^{}]*\}) \1\)[^{}]*\}',
               '<T>', 'g'),
               '\{OPEXPR :opno (?:' || o.irreflexive || ') [^{}]*:args \((\{CONST [^{}]*:constisnull false [^{}]*\}) \1\)[^{}]*\}',
               '<F>', 'g'),
               '\{OPEXPR :opno (?:' || o.equal || ') [^{}]*:inputcollid (?:0|100|950) :args \(\{CONST [^{}]*:constisnull false [^{}]*\}'
               ' \{CONST [^{}]*:constisnull false [^{}]*\}\)[^{}]*\}', '<F>', 'g') AS tree,
           o.reflexive
    FROM shape AS w CROSS JOIN operators AS o
), prepared AS (
    SELECT w.whole, w.never_null,
           regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(w.tree,
               '\{OPEXPR :opno (?:' || w.reflexive || ') [^{}]*:args \((<col (?:' || w.never_null || ')>) \1\)[^{}]*\}', '<T>', 'g'),
               '\{OPEXPR :opno (?:' || w.reflexive || ') [^{}]*:args \((<col \d+>) \1\)[^{}]*\}', '<M>', 'g'),
               '\{OPEXPR :opno (?:' || w.irreflexive || ') [^{}]*:args \((<col \d+>) \1\)[^{}]*\}', '<N>', 'g'),
               '\{NULLTEST :arg (?:<col (?:' || w.never_null || ')>|\{CONST [^{}]*:constisnull false [^{}]*\}) :nulltesttype 1 [^{}]*\}',
               '<T>', 'g'),
               '\{NULLTEST :arg (?:<col (?:' || w.never_null || ')>|\{CONST [^{}]*:constisnull false [^{}]*\}) :nulltesttype 0 [^{}]*\}',
               '<F>', 'g'),
               '\{NULLTEST :arg <col (\d+)> :nulltesttype 1 :argisrow false[^{}]*\}', '<filled \1>', 'g'),
               '\{NULLTEST :arg <col (\d+)> :nulltesttype 0 :argisrow false[^{}]*\}', '<null \1>', 'g') AS tree
    FROM leaves AS w
), fold AS (
    SELECT p.whole, p.never_null, p.tree, 0 AS step FROM prepared AS p
    UNION ALL
    -- one level a step, innermost nodes first: marked with control signs, judged, what cannot be judged is <U>
    SELECT f.whole, f.never_null,
           regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
           regexp_replace(
               regexp_replace(f.tree, '\{([A-Z]+ [^{}]*)\}', E'\x01\\1\x02', 'g'),
               E'\x01(?:BOOLEXPR :boolop or :args \\((?:[^()]*<T>|[^()]*<filled (\\d+)>[^()]*<null \\1>|[^()]*<null (\\d+)>[^()]*<filled \\2>)[^()]*\\)'
                   '|BOOLEXPR :boolop and :args \\((?:<T> ?)+\\)'
                   '|BOOLEXPR :boolop not :args \\(<F>\\)'
                   '|BOOLEANTEST :arg (?:<T> :booltesttype [035]|<F> :booltesttype [125]|<[N0]> :booltesttype 1|<[M0]> :booltesttype 3)'
                   ')[^\x02]*\x02', '<T>', 'g'),
               E'\x01(?:BOOLEXPR :boolop and :args \\((?:[^()]*<F>|[^()]*<filled (\\d+)>[^()]*<null \\1>|[^()]*<null (\\d+)>[^()]*<filled \\2>)[^()]*\\)'
                   '|BOOLEXPR :boolop or :args \\((?:<F> ?)+\\)'
                   '|BOOLEXPR :boolop not :args \\(<T>\\)'
                   '|BOOLEANTEST :arg (?:<T> :booltesttype [124]|<F> :booltesttype [034]|<[N0]> :booltesttype 0|<[M0]> :booltesttype 2)'
                   ')[^\x02]*\x02', '<F>', 'g'),
               E'\x01(?:BOOLEXPR :boolop or :args \\([^()]*<M>[^()]*\\)'
                   '|BOOLEXPR :boolop and :args \\((?:<[TM]> ?)+\\)'
                   '|BOOLEXPR :boolop not :args \\(<N>\\))[^\x02]*\x02', '<M>', 'g'),
               E'\x01(?:BOOLEXPR :boolop and :args \\([^()]*<[N0]>[^()]*\\)'
                   '|BOOLEXPR :boolop or :args \\((?:<[FN0]> ?)+\\)'
                   '|BOOLEXPR :boolop not :args \\(<M>\\))[^\x02]*\x02', '<N>', 'g'),
               -- what hands on a value as it is
               E'\x01(?:COALESCE(?:EXPR)? [^\x02]*:args \\((?=<[TF]>)'
                   '|TARGETENTRY :expr '
                   '|RELABELTYPE :arg '
                   '|BOOLEXPR :boolop not :args \\((?=<0>)'
                   '|QUERY [^\x02]*:rtable <> [^\x02]*:jointree <none> [^\x02]*:targetList \\((?=<[TMFN0]>\\) '
                   '[^\x02]*:havingQual <> [^\x02]*:limitOffset <> :limitCount <>)'
                   '|SUBLINK :subLinkType 4 [^\x02]*:subselect )<([TMFN0])>[^\x02]*\x02', '<\1>', 'g'),
               E'\x01FROMEXPR :fromlist <> :quals <>[^\x02]*\x02', '<none>', 'g'),
               E'\x01[^\x02]*\x02', '<U>', 'g'),
               '<U> (?=<U>)', '', 'g'),
               E'[\x01\x02]', '', 'g'),
           f.step + 1
    FROM fold AS f WHERE f.tree ~ '\{' AND f.step < 100
), folded AS (
    SELECT p.oid, p.part, CASE f.tree WHEN '<0>' THEN 'N' ELSE substr(f.tree, 2, 1) END AS value
    FROM fold AS f
    JOIN placed AS p ON p.tree = f.whole AND p.never_null = f.never_null
    WHERE f.tree IN ('<T>', '<M>', '<F>', '<N>', '<0>')
)
