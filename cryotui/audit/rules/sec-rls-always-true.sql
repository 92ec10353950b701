-- title: Policy always true
-- severity: bad
-- group: security
-- kind: policy
-- about: A permissive policy for clients of the API or for everybody whose condition lets every row pass: true, 1 = 1, NOT
--   false, OR true, IS NOT NULL on a column that never is. Writing is bad; reading without login is watch, reading
--   after login info.
-- why: Row security is on and looks like a wall, and this policy is a door in it that is never closed.
-- detail: {condition}. {effect}
-- lock: ACCESS EXCLUSIVE for a moment
-- parameters: api_roles
-- references: https://www.postgresql.org/docs/current/sql-createpolicy.html; splinter 0024 rls_policy_always_true
WITH RECURSIVE client AS MATERIALIZED (
    SELECT array_agg(r.oid) || 0::oid AS oids FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY ($1::text[])
), part AS MATERIALIZED (
    -- by a hash, since thousands of policies are alike; before 17 a tree tells where in its statement each part stood
    SELECT p.oid, part.name,
           hashtextextended(CASE WHEN current_setting('server_version_num')::int >= 170000 THEN part.raw
                                 ELSE regexp_replace(part.raw, ' :location -?\d+', '', 'g') END, 0) AS key
    FROM pg_catalog.pg_policy AS p
    CROSS JOIN client
    CROSS JOIN LATERAL (VALUES ('using', p.polqual::text), ('check', p.polwithcheck::text)) AS part (name, raw)
    WHERE p.polpermissive AND p.oid >= 16384 AND p.polroles && client.oids AND part.raw IS NOT NULL
), distinct_tree AS MATERIALIZED (
    SELECT s.key, CASE s.name WHEN 'using' THEN p.polqual ELSE p.polwithcheck END::text || '' AS stored
    FROM (SELECT DISTINCT ON (part.key) part.key, part.oid, part.name FROM part ORDER BY part.key) AS s
    JOIN pg_catalog.pg_policy AS p ON p.oid = s.oid
), candidate AS MATERIALIZED (
    -- a stored tree that begins or goes on otherwise cannot fold to true; most policies end here
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
    SELECT p.oid, p.polrelid, p.polname, p.polcmd, p.polroles, p.polwithcheck IS NOT NULL AS has_check, part.name AS part, c.raw
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
), reflexive AS MATERIALIZED (
    SELECT string_agg(o.oid::text, '|') AS operators FROM pg_catalog.pg_operator AS o
    WHERE o.oprname IN ('=', '<=', '>=') AND o.oprleft = o.oprright AND o.oid < 16384
), shape AS MATERIALIZED (
    SELECT DISTINCT p.tree, p.never_null FROM placed AS p
), prepared AS (
    SELECT w.tree AS whole, w.never_null,
           regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(w.tree,
               '\{CONST :consttype 16 [^{}]*:constisnull false [^{}]*:constvalue 1 \[ 1[^{}]*\}', '<T>', 'g'),
               '\{CONST :consttype 16 [^{}]*:constisnull false [^{}]*:constvalue 1 \[ 0[^{}]*\}', '<F>', 'g'),
               '\{VAR :varno 1 :varattno (\d+) [^{}]*:varlevelsup 0 [^{}]*\}', '<col \1>', 'g'),
               -- x = x, x <= x, x >= x of two equal constants or of one column that is never null
               '\{OPEXPR :opno (?:' || r.operators || ') [^{}]*:args \((\{CONST [^{}]*:constisnull false [^{}]*\}) \1\)[^{}]*\}',
               '<T>', 'g'),
               '\{OPEXPR :opno (?:' || r.operators || ') [^{}]*:args \((<col (?:' || w.never_null || ')>) \1\)[^{}]*\}',
               '<T>', 'g'),
               '\{NULLTEST :arg <col (?:' || w.never_null || ')> :nulltesttype 1 [^{}]*\}', '<T>', 'g'),
               '\{NULLTEST :arg \{CONST [^{}]*:constisnull false [^{}]*\} :nulltesttype 1 [^{}]*\}', '<T>', 'g') AS tree
    FROM shape AS w CROSS JOIN reflexive AS r
), fold AS (
    SELECT p.whole, p.never_null, p.tree, 0 AS step FROM prepared AS p
    UNION ALL
    -- one level a step, innermost nodes first: marked with control signs, judged, what cannot be judged is <U>
    SELECT f.whole, f.never_null,
           regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
               regexp_replace(f.tree, '\{([A-Z]+ [^{}]*)\}', E'\x01\\1\x02', 'g'),
               E'\x01(?:BOOLEXPR :boolop or :args \\([^()]*<T>[^()]*\\)'
                   '|BOOLEXPR :boolop and :args \\((?:<T> ?)+\\)'
                   '|BOOLEXPR :boolop not :args \\(<F>\\)'
                   '|BOOLEANTEST :arg (?:<T> :booltesttype [035]|<F> :booltesttype [125])'
                   '|COALESCE(?:EXPR)? [^\x02]*:args \\(<T>'
                   '|TARGETENTRY :expr <T>'
                   '|RELABELTYPE :arg <T>'
                   '|QUERY [^\x02]*:rtable <> [^\x02]*:jointree <none> [^\x02]*:targetList \\(<T>\\) '
                   '[^\x02]*:havingQual <> [^\x02]*:limitOffset <> :limitCount <>'
                   '|SUBLINK :subLinkType 4 [^\x02]*:subselect <T>)[^\x02]*\x02', '<T>', 'g'),
               E'\x01(?:BOOLEXPR :boolop and :args \\([^()]*<F>[^()]*\\)'
                   '|BOOLEXPR :boolop or :args \\((?:<F> ?)+\\)'
                   '|BOOLEXPR :boolop not :args \\(<T>\\))[^\x02]*\x02', '<F>', 'g'),
               E'\x01FROMEXPR :fromlist <> :quals <>[^\x02]*\x02', '<none>', 'g'),
               E'\x01[^\x02]*\x02', '<U>', 'g'),
               '<U> (?=<U>)', '', 'g'),
               E'[\x01\x02]', '', 'g'),
           f.step + 1
    FROM fold AS f WHERE f.tree ~ '\{' AND f.step < 100
), truth AS (
    SELECT p.oid, p.polrelid, p.polname, p.polcmd, p.polroles, p.has_check,
           bool_or(p.part = 'using') AS using_true, bool_or(p.part = 'check') AS check_true
    FROM fold AS f
    JOIN placed AS l ON l.tree = f.whole AND l.never_null = f.never_null
    JOIN policy AS p ON p.oid = l.oid AND p.part = l.part
    WHERE f.tree = '<T>'
    GROUP BY p.oid, p.polrelid, p.polname, p.polcmd, p.polroles, p.has_check
), open AS (
    SELECT t.*, format('%I.%I', n.nspname, c.relname) AS relation, n.nspname, c.relname, c.relrowsecurity,
           t.using_true AS reads_all,
           -- what a new row must satisfy: WITH CHECK, else USING
           CASE WHEN t.has_check THEN t.check_true ELSE t.using_true END AS accepts_all
    FROM truth AS t
    JOIN pg_catalog.pg_class AS c ON c.oid = t.polrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
), judged AS (
    SELECT o.*,
           o.polcmd IN ('r', '*') AND o.reads_all AS selects,
           (o.polcmd IN ('w', 'd', '*') AND o.reads_all) OR (o.polcmd IN ('a', 'w', '*') AND o.accepts_all) AS writes,
           roles.names, roles.first_name, roles.others, roles.before_login, roles.granted_read, roles.granted_write,
           EXISTS (SELECT FROM pg_catalog.pg_policy AS r
                   WHERE r.polrelid = o.polrelid AND NOT r.polpermissive AND (r.polcmd = o.polcmd OR r.polcmd = '*')
                     AND (r.polroles @> o.polroles OR 0 = ANY (r.polroles))) AS narrowed
    FROM open AS o
    CROSS JOIN LATERAL (
        SELECT string_agg(role.name, ', ' ORDER BY role.place) AS names,
               (array_agg(role.name ORDER BY role.place))[1] AS first_name, count(*) - 1 AS others,
               coalesce(bool_or(role.name IN ('anon', 'public')), false) AS before_login,
               coalesce(bool_or(has_any_column_privilege(role.name, o.polrelid, 'SELECT')), false) AS granted_read,
               coalesce(bool_or(has_any_column_privilege(role.name, o.polrelid, 'INSERT, UPDATE')
                                OR has_table_privilege(role.name, o.polrelid, 'DELETE')), false) AS granted_write
        FROM (
            SELECT r.name, r.place FROM unnest($1::text[]) WITH ORDINALITY AS r (name, place)
            JOIN pg_catalog.pg_roles AS g ON g.rolname = r.name AND g.oid = ANY (o.polroles)
            UNION ALL
            SELECT 'public', 0 WHERE 0 = ANY (o.polroles)
        ) AS role
    ) AS roles
), closing AS (
    SELECT a.attrelid, format('%I = (SELECT auth.uid())', a.attname) AS condition,
           row_number() OVER (PARTITION BY a.attrelid ORDER BY wanted.place) AS place
    FROM unnest(ARRAY['user_id', 'owner_id', 'created_by', 'author_id', 'profile_id']) WITH ORDINALITY AS wanted (name, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attname = wanted.name AND a.atttypid = 'pg_catalog.uuid'::regtype AND a.attnum > 0
    WHERE a.attrelid IN (SELECT polrelid FROM open) AND EXISTS (SELECT FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
                  WHERE n.nspname = 'auth' AND p.proname = 'uid' AND p.pronargs = 0)
)
SELECT format('%s %I', j.relation, j.polname) AS object, j.polrelid::bigint AS oid, j.nspname::text AS schema,
       j.relname::text AS "table", j.polname::text AS policy,
       command.word AS command, j.names AS roles,
       concat_ws(', ', CASE WHEN j.reads_all THEN 'USING is always true' END,
                       CASE WHEN j.check_true THEN 'WITH CHECK is always true' END)
           || format(' for %s to %s', command.word, j.names) AS condition,
       CASE WHEN NOT j.relrowsecurity THEN 'It has no effect now, because row security of the table is off.'
            WHEN j.narrowed THEN 'A restrictive policy narrows it.'
            WHEN reach.dead THEN 'It has no effect now, because no grant stands behind it.'
            WHEN j.writes AND reach.writes THEN 'Every row can be written by whoever comes in with these roles.'
            ELSE 'Every row can be read by whoever comes in with these roles.' END
           || CASE WHEN c.condition IS NOT NULL THEN ' The fix admits each user to their own rows; is that meant?'
                   ELSE ' The fix closes it for all; write the condition that is meant.' END AS effect,
       CASE WHEN j.reads_all THEN 'USING (true)' ELSE 'CHECK (true)' END || ' to ' || j.first_name
           || CASE WHEN j.others > 0 THEN ' +' || j.others ELSE '' END AS evidence,
       CASE WHEN NOT j.relrowsecurity OR j.narrowed OR reach.dead THEN 'info'
            WHEN j.writes AND reach.writes THEN 'bad'
            WHEN j.before_login THEN 'watch' ELSE 'info' END AS severity,
       format('ALTER POLICY %I ON %s%s%s;', j.polname, j.relation,
              CASE WHEN j.reads_all THEN format(' USING (%s)', coalesce(c.condition, 'false')) END,
              CASE WHEN j.check_true THEN format(' WITH CHECK (%s)', coalesce(c.condition, 'false')) END) AS fix,
       format('ALTER POLICY %I ON %s%s%s;', j.polname, j.relation, CASE WHEN j.reads_all THEN ' USING (true)' END,
              CASE WHEN j.check_true THEN ' WITH CHECK (true)' END) AS undo
FROM judged AS j
CROSS JOIN LATERAL (
    SELECT CASE j.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                         ELSE 'ALL' END AS word
) AS command
CROSS JOIN LATERAL (
    SELECT j.writes AND (j.granted_write OR j.before_login AND j.names = 'public') AS writes,
           NOT (j.granted_read OR j.granted_write) AND j.names <> 'public' AS dead
) AS reach
LEFT JOIN closing AS c ON c.attrelid = j.polrelid AND c.place = 1
ORDER BY 1
