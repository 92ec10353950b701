-- title: Policy calls for each row
-- severity: watch
-- group: performance
-- kind: policy
-- about: A policy of a table with row security on calls a function that needs no column and gives one answer all through a
--   statement, outside of a subquery without FROM: one of schema auth, current_setting, or a STABLE one of the users'.
--   Where the table has fewer than 1,000 rows it is info.
-- why: The call is repeated for each row that is looked at. As a subquery, (SELECT auth.uid()), it is made once, and the
--   result can go into an index condition.
-- detail: {calls} in {parts} of {relation}. {advice}
-- shape: ALTER POLICY {policy} ON {table} USING ({condition}) WITH CHECK ({condition});\n-- or\nALTER POLICY {policy}
--   ON {table} USING ({condition});\n-- or\nALTER POLICY {policy} ON {table} WITH CHECK ({condition});
-- lock: ACCESS EXCLUSIVE for a moment
-- cost: K1
-- parameters: rows=1000
-- references: https://supabase.com/docs/guides/database/postgres/row-level-security; splinter 0003 auth_rls_initplan
WITH RECURSIVE target AS MATERIALIZED (
    SELECT f.oid, CASE WHEN n.oid = 'pg_catalog'::regnamespace THEN quote_ident(f.proname)
                       ELSE format('%I.%I', n.nspname, f.proname) END AS name
    FROM pg_catalog.pg_proc AS f
    JOIN pg_catalog.pg_namespace AS n ON n.oid = f.pronamespace
    WHERE f.proname = 'current_setting' AND n.oid = 'pg_catalog'::regnamespace
       OR (f.provolatile = 's' OR n.nspname = 'auth' AND f.provolatile = 'v') AND f.oid >= 16384
          AND f.oid IN (SELECT d.refobjid FROM pg_catalog.pg_depend AS d
                        WHERE d.classid = 'pg_catalog.pg_policy'::regclass AND d.refclassid = 'pg_catalog.pg_proc'::regclass)
), wanted AS MATERIALIZED (
    SELECT string_agg(t.oid::text, '|') AS oids FROM target AS t
), part AS MATERIALIZED (
    -- by a hash, since thousands of policies are alike; before 17 a tree tells where in its statement each part stood
    SELECT p.oid, part.name,
           hashtextextended(CASE WHEN current_setting('server_version_num')::int >= 170000 THEN part.raw
                                 ELSE regexp_replace(part.raw, ' :location -?\d+', '', 'g') END, 0) AS key
    FROM pg_catalog.pg_policy AS p
    CROSS JOIN LATERAL (VALUES ('USING', p.polqual::text), ('WITH CHECK', p.polwithcheck::text)) AS part (name, raw)
    WHERE part.raw IS NOT NULL
), shape AS MATERIALIZED (
    SELECT DISTINCT ON (p.key) p.key, p.oid, p.name FROM part AS p ORDER BY p.key
), prepared AS MATERIALIZED (
    -- names lose what is escaped in them and control signs; those serve as marks: 3 a column, 11 one of an outer query
    SELECT s.key,
           regexp_replace(regexp_replace(regexp_replace(one.raw, E'\\\\.|[\x01-\x08\x0b\x0e]', '', 'g'),
               '\{VAR [^{}]*:varlevelsup 0 [^{}]*\}', E'\x03', 'g'),
               '\{VAR [^{}]*\}', E'\x0b', 'g') AS tree
    FROM shape AS s
    JOIN pg_catalog.pg_policy AS p ON p.oid = s.oid
    CROSS JOIN LATERAL (SELECT CASE s.name WHEN 'USING' THEN p.polqual ELSE p.polwithcheck END::text || '' AS raw) AS one
    CROSS JOIN wanted AS w
    WHERE one.raw ~ (':funcid (?:' || w.oids || ') ')
), fold AS (
    SELECT p.key, p.tree, 0 AS step FROM prepared AS p
    UNION ALL
    -- one level a step: the innermost nodes are marked 1 and 2, judged, and left behind as 7 and 8
    SELECT f.key,
           regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(f.tree,
               '\{([^{}]*)\}', E'\x01\\1\x02', 'g'),
               -- a call that needs no column: 4, its number, 5
               E'\x01FUNCEXPR :funcid (' || w.oids || E') [^\x01\x02\x03\x0b]*\x02', E'\x04\\1\x05', 'g'),
               -- the FROM of a query that has none: 6; a function in a FROM is called once a scan
               E'\x01FROMEXPR :fromlist <> ([^\x01\x02]*)\x02|\x01RANGETBLFUNCTION [^\x01\x02\x03\x0b]*\x02', E'\x06\\1', 'g'),
               -- a query without FROM and without columns of an outer one is run once
               E'\x01QUERY [^\x01\x02\x07]*:cteList <> :rtable <> [^\x01\x02\x07]*:jointree \x06[^\x01\x02\x0b]*\x02', '', 'g'),
               E'\x01([^\x01\x02]*)\x02', E'\x07\\1\x08', 'g'),
           f.step + 1
    FROM fold AS f CROSS JOIN wanted AS w
    WHERE strpos(f.tree, '{') > 0 AND f.step < 100
), bare AS MATERIALIZED (
    SELECT f.key, count(*) AS calls, array_agg(DISTINCT t.name ORDER BY t.name) AS names,
           string_agg(DISTINCT regexp_replace(t.name, '([][\\^$.|?*+(){}-])', '\\\1', 'g'), '|') AS pattern
    FROM fold AS f
    CROSS JOIN LATERAL regexp_matches(f.tree, E'\x04(\\d+)\x05', 'g') AS call (oid)
    JOIN target AS t ON t.oid = call.oid[1]::oid
    WHERE strpos(f.tree, '{') = 0
    GROUP BY f.key
), locked AS MATERIALIZED (
    -- deparsing waits behind ACCESS EXCLUSIVE, also of a table that a subquery reads
    SELECT l.relation FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
), stuck AS MATERIALIZED (
    SELECT d.objid AS policy FROM pg_catalog.pg_depend AS d JOIN locked AS l ON l.relation = d.refobjid
    WHERE d.classid = 'pg_catalog.pg_policy'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
), found AS MATERIALIZED (
    SELECT p.oid, p.polrelid, p.polname, alike.name AS part, b.calls, b.names, b.pattern, t.relname, t.reltuples, t.relkind, n.nspname,
           CASE WHEN p.oid NOT IN (SELECT s.policy FROM stuck AS s)
                THEN pg_get_expr(CASE alike.name WHEN 'USING' THEN p.polqual ELSE p.polwithcheck END, p.polrelid) END AS text
    FROM bare AS b
    JOIN part AS alike ON alike.key = b.key
    JOIN pg_catalog.pg_policy AS p ON p.oid = alike.oid
    JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid AND t.relrowsecurity
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
), changed AS MATERIALIZED (
    SELECT f.text, f.pattern, regexp_replace(f.text,
               '(?<!SELECT )(?<![[:alnum:]_."$])(?:' || f.pattern
               || ')\((?:(?:''(?:[^'']|'''')*''(?:::[a-z ]+)?|true|false|\d+)(?:, )?)*\)', '(SELECT \&)', 'g') AS better
    FROM (SELECT DISTINCT found.text, found.pattern FROM found) AS f
), wrapped AS (
    SELECT f.*, c.better,
           -- sure only when the text has as many bare calls as the tree; a string may look like one
           c.better IS NOT NULL AND length(c.better) - length(f.text) = f.calls * length('(SELECT )') AS sure
    FROM found AS f
    LEFT JOIN changed AS c ON c.text = f.text AND c.pattern = f.pattern
), policy AS (
    SELECT w.oid, w.polrelid, w.polname, w.relname, w.reltuples, w.relkind, w.nspname, bool_and(w.sure) AS sure,
           bool_or(w.text IS NULL) AS locked, sum(w.calls)::bigint AS many, string_agg(w.part, ' and ' ORDER BY w.part) AS parts,
           (array_agg(w.names[1] ORDER BY w.part))[1] AS first_name,
           string_agg(array_to_string(w.names, ', '), ', ' ORDER BY w.part) AS calls,
           -- one line each, for a line break begins the next statement of a fix
           string_agg(format(' %s (%s)', w.part, CASE WHEN strpos(w.better, E'\n') = 0 THEN w.better
                                                      ELSE regexp_replace(w.better, E'("(?:[^"]|"")*"|''(?:[^'']|'''')*'')|\\n\\s*', '\1 ', 'g') END), '' ORDER BY w.part) AS better,
           string_agg(format(' %s (%s)', w.part, CASE WHEN strpos(w.text, E'\n') = 0 THEN w.text
                                                      ELSE regexp_replace(w.text, E'("(?:[^"]|"")*"|''(?:[^'']|'''')*'')|\\n\\s*', '\1 ', 'g') END), '' ORDER BY w.part) AS before
    FROM wrapped AS w
    GROUP BY w.oid, w.polrelid, w.polname, w.relname, w.reltuples, w.relkind, w.nspname
)
SELECT format('%I.%I %I', p.nspname, p.relname, p.polname) AS object, p.polrelid::bigint AS oid, p.nspname::text AS schema,
       p.relname::text AS "table", p.polname::text AS policy, format('%I.%I', p.nspname, p.relname) AS relation,
       CASE WHEN p.reltuples >= 0 THEN p.reltuples::bigint END AS rows,
       p.many, p.parts, 'Called: ' || p.calls AS calls, p.first_name || ' for each row' AS evidence,
       CASE WHEN p.relkind = 'r' AND p.reltuples >= 0 AND p.reltuples < $1::float8 THEN 'info' END AS severity,
       CASE WHEN p.sure THEN 'The fix wraps each call; what the policy lets through stays the same.'
            WHEN p.locked THEN 'Its table is locked now, so the condition was not read; wrap each call as (SELECT ...).'
            ELSE 'Wrap each call as (SELECT ...) by hand: where it stands in the text is not certain.' END AS advice,
       CASE WHEN p.sure THEN format('ALTER POLICY %I ON %I.%I%s;', p.polname, p.nspname, p.relname, p.better) END AS fix,
       CASE WHEN p.sure THEN format('ALTER POLICY %I ON %I.%I%s;', p.polname, p.nspname, p.relname, p.before) END AS undo
FROM policy AS p
ORDER BY 1
