-- title: Policy always true
-- severity: bad
-- group: security
-- kind: policy
-- about: A permissive policy for clients of the API or for everybody whose condition lets every row pass: true, 1 = 1, NOT
--   false, OR true, IS NOT NULL on a column that never is, v IS NULL OR v IS NOT NULL, v = v. Writing is bad; reading without login is watch, reading
--   after login info.
-- why: Row security is on and looks like a wall, and this policy is a door in it that is never closed.
-- detail: {condition}. {effect}
-- shape: ALTER POLICY {policy} ON {table} USING ({condition}) WITH CHECK ({condition});\n-- or\nALTER POLICY {policy}
--   ON {table} USING ({condition});\n-- or\nALTER POLICY {policy} ON {table} WITH CHECK ({condition});
-- lock: ACCESS EXCLUSIVE for a moment
-- parameters: api_roles
-- references: https://www.postgresql.org/docs/current/sql-createpolicy.html; splinter 0024 rls_policy_always_true
WITH RECURSIVE client AS MATERIALIZED (
    SELECT array_agg(r.oid) || 0::oid AS oids FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY ($1::text[])
), asked AS MATERIALIZED (
    SELECT p.oid FROM pg_catalog.pg_policy AS p CROSS JOIN client
    WHERE p.polpermissive AND p.oid >= 16384 AND p.polroles && client.oids
),
-- with: folded,
truth AS (
    SELECT p.oid, p.polrelid, p.polname, p.polcmd, p.polroles, p.polwithcheck IS NOT NULL AS has_check,
           bool_or(f.part = 'using') AS using_true, bool_or(f.part = 'check') AS check_true, bool_or(f.value = 'M') AS but_null
    FROM folded AS f
    JOIN pg_catalog.pg_policy AS p ON p.oid = f.oid
    WHERE f.value IN ('T', 'M')
    GROUP BY p.oid, p.polrelid, p.polname, p.polcmd, p.polroles, has_check
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
), locked AS MATERIALIZED (
    -- deparsing waits behind ACCESS EXCLUSIVE, also of a table that a subquery reads
    SELECT l.relation FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
), stuck AS MATERIALIZED (
    SELECT d.objid AS policy FROM pg_catalog.pg_depend AS d JOIN locked AS l ON l.relation = d.refobjid
    WHERE d.classid = 'pg_catalog.pg_policy'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
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
       concat_ws(', ', CASE WHEN j.reads_all THEN coalesce('USING ' || said.of_using, 'USING') || ' is always true' END,
                       CASE WHEN j.check_true THEN coalesce('WITH CHECK ' || said.of_check, 'WITH CHECK') || ' is always true' END)
           || CASE WHEN j.but_null THEN ' but where a column is null,' ELSE '' END
           || format(' for %s to %s', command.word, j.names) AS condition,
       CASE WHEN NOT j.relrowsecurity THEN 'It has no effect now, because row security of the table is off.'
            WHEN j.narrowed THEN 'A restrictive policy narrows it.'
            WHEN reach.dead THEN 'It has no effect now, because no grant stands behind it.'
            WHEN j.writes AND reach.writes THEN 'Every row can be written by whoever comes in with these roles.'
            ELSE 'Every row can be read by whoever comes in with these roles.' END
           || CASE WHEN c.condition IS NOT NULL THEN ' The fix admits each user to their own rows; is that meant?'
                   WHEN j.polcmd = 'r'
                   THEN ' Reference data for all may be meant so: waive it then; else write the condition. No SQL can know which.'
                   ELSE ' The fix closes it for all; write the condition that is meant.' END AS effect,
       CASE WHEN j.reads_all AND said.of_using = '(true)' THEN 'USING (true)'
            WHEN NOT j.reads_all AND said.of_check = '(true)' THEN 'CHECK (true)' ELSE 'always true' END || ' to ' || j.first_name
           || CASE WHEN j.others > 0 THEN ' +' || j.others ELSE '' END AS evidence,
       CASE WHEN NOT j.relrowsecurity OR j.narrowed OR reach.dead THEN 'info'
            WHEN j.writes AND reach.writes THEN 'bad'
            WHEN j.before_login THEN 'watch' ELSE 'info' END AS severity,
       CASE WHEN j.polcmd <> 'r' OR c.condition IS NOT NULL
            THEN format('ALTER POLICY %I ON %s%s%s;', j.polname, j.relation,
                        CASE WHEN j.reads_all THEN format(' USING (%s)', coalesce(c.condition, 'false')) END,
                        CASE WHEN j.check_true THEN format(' WITH CHECK (%s)', coalesce(c.condition, 'false')) END) END AS fix,
       -- what stands there now, not what it comes to
       CASE WHEN j.oid NOT IN (SELECT s.policy FROM stuck AS s) AND (j.polcmd <> 'r' OR c.condition IS NOT NULL)
            THEN format('ALTER POLICY %I ON %s%s%s;', j.polname, j.relation,
                        CASE WHEN j.reads_all THEN format(' USING (%s)', original.of_using) END,
                        CASE WHEN j.check_true THEN format(' WITH CHECK (%s)', original.of_check) END) END AS undo
FROM judged AS j
CROSS JOIN LATERAL (
    SELECT pg_get_expr(p.polqual, p.polrelid) AS of_using, pg_get_expr(p.polwithcheck, p.polrelid) AS of_check
    FROM pg_catalog.pg_policy AS p WHERE p.oid = j.oid AND p.oid NOT IN (SELECT s.policy FROM stuck AS s)
    UNION ALL
    SELECT NULL, NULL WHERE j.oid IN (SELECT s.policy FROM stuck AS s)
) AS original
CROSS JOIN LATERAL (
    SELECT CASE WHEN original.of_using IS NOT NULL THEN format('(%s)', left(original.of_using, 120)) END AS of_using,
           CASE WHEN original.of_check IS NOT NULL THEN format('(%s)', left(original.of_check, 120)) END AS of_check
) AS said
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
