-- title: Volatile function in policy
-- severity: watch
-- group: performance
-- kind: function
-- about: A function of the users' that is VOLATILE, which is what a function is unless it says otherwise, in the USING
--   condition of a policy of a table with row security on. Where all its tables have fewer than 1,000 rows it is info.
-- why: The planner must call it once for each row, can put it neither into an index condition nor into a subquery that runs
--   once, and runs nothing of it in parallel with the rest.
-- evidence: called for each row
-- detail: {used} {advice}
-- shape: ALTER FUNCTION {function} STABLE;
-- lock: none on tables; the functions that are at work go on as they are
-- parameters: rows=1000
-- references: https://www.postgresql.org/docs/current/xfunc-volatility.html; https://supabase.com/docs/guides/database/postgres/row-level-security
WITH used AS MATERIALIZED (
    SELECT DISTINCT d.objid AS policy, f.oid AS function
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_proc AS f ON f.oid = d.refobjid AND f.provolatile = 'v'
    WHERE d.classid = 'pg_catalog.pg_policy'::regclass AND d.refclassid = 'pg_catalog.pg_proc'::regclass AND d.refobjid >= 16384
), policy AS (
    SELECT u.function, p.polname, t.relkind, t.reltuples, format('%I.%I', n.nspname, t.relname) AS relation
    FROM used AS u
    JOIN pg_catalog.pg_policy AS p ON p.oid = u.policy
    JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid AND t.relrowsecurity AND t.relpersistence <> 't'
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    -- WITH CHECK is asked for the rows that are written, whatever the function is
    WHERE strpos(p.polqual::text, 'funcid ' || u.function || ' ') > 0
), together AS (
    SELECT p.function, count(*) AS policies,
           bool_and(p.relkind = 'r' AND p.reltuples >= 0 AND p.reltuples < $1::float8) AS small,
           (array_agg(format('%I on %s', p.polname, p.relation) ORDER BY p.reltuples DESC, p.relation, p.polname))[1:3] AS names
    FROM policy AS p GROUP BY p.function
)
SELECT made.signature AS object, 'pg_catalog.pg_proc'::regclass::oid::bigint AS classid, f.oid::bigint AS objid,
       n.nspname::text AS schema, f.proname::text AS function, t.policies, array_to_string(t.names, ', ') AS policy_names,
       CASE WHEN t.small THEN 'info' END AS severity,
       format('Used by %s%s.', array_to_string(t.names, ', '),
              CASE WHEN t.policies > 3 THEN format(' and %s more', t.policies - 3) ELSE '' END) AS used,
       CASE WHEN body.writes THEN 'Its body seems to write or to give another answer each time, so STABLE would be wrong: take it out of the policy.'
            ELSE 'The fix is right only if it writes nothing and gives the same answer all through a statement: read it first.' END AS advice,
       CASE WHEN NOT body.writes THEN format('ALTER FUNCTION %s STABLE;', made.signature) END AS fix,
       format('ALTER FUNCTION %s VOLATILE;', made.signature) AS undo
FROM together AS t
JOIN pg_catalog.pg_proc AS f ON f.oid = t.function
JOIN pg_catalog.pg_namespace AS n ON n.oid = f.pronamespace
CROSS JOIN LATERAL (
    SELECT f.prosrc ~* '\m(insert\s+into|update|delete\s+from|truncate|merge|nextval|setval|random|gen_random_uuid|clock_timestamp|timeofday|set_config)\M' AS writes
) AS body
CROSS JOIN LATERAL (
    SELECT format('%I.%I(%s)', n.nspname, f.proname, pg_get_function_identity_arguments(f.oid)) AS signature
) AS made
ORDER BY 1
