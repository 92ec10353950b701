-- title: Policy recursion
-- severity: bad
-- group: security
-- kind: policy
-- about: A policy reads its own table, or a table whose policies lead back to it, directly or through views that read as the
--   client, for the same role. A look-up inside a function is sec-rls-recursion-function; a SECURITY DEFINER function is the cure.
-- why: Every statement that the policy counts for fails: infinite recursion detected in policy (42P17).
-- detail: {way}. Put the look-up into a STABLE SECURITY DEFINER function with a fixed search_path, owned by a role that passes
--   the row security of the table it reads, and call that in the policy. No fix is given: the condition has to be written anew.
-- references: https://www.postgresql.org/docs/current/ddl-rowsecurity.html
WITH RECURSIVE policy AS MATERIALIZED (
    -- only what holds a sub-select can read another row
    SELECT p.oid, p.polrelid, p.polname, p.polcmd, p.polroles, tree.raw
    FROM pg_catalog.pg_policy AS p
    JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid AND t.relrowsecurity
    CROSS JOIN LATERAL (SELECT concat(p.polqual::text, p.polwithcheck::text) AS raw OFFSET 0) AS tree
    WHERE p.oid >= 16384 AND strpos(tree.raw, '{SUBLINK ') > 0
), looks AS MATERIALIZED (
    SELECT p.oid AS policy, d.refobjid AS relation
    FROM policy AS p
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_policy'::regclass AND d.objid = p.oid
     AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> p.polrelid
    UNION
    SELECT p.oid, p.polrelid FROM policy AS p WHERE strpos(p.raw, format(':relid %s ', p.polrelid)) > 0
), below AS (
    -- 0 reads as the client; a view without security_invoker reads as its owner
    SELECT l.policy, l.relation, 0::oid AS subject FROM looks AS l
    UNION
    SELECT b.policy, d.refobjid,
           CASE WHEN EXISTS (SELECT FROM unnest(v.reloptions) AS o
                             WHERE o LIKE 'security\_invoker=%' AND split_part(o, '=', 2)::boolean)
                THEN 0::oid ELSE v.relowner END
    FROM below AS b
    JOIN pg_catalog.pg_class AS v ON v.oid = b.relation AND v.relkind = 'v'
    JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = v.oid AND r.ev_type = '1'
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
     AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> v.oid
), edge AS MATERIALIZED (
    SELECT DISTINCT b.policy, b.relation
    FROM below AS b
    JOIN pg_catalog.pg_class AS t ON t.oid = b.relation AND t.relrowsecurity
    WHERE b.subject = 0
      AND EXISTS (SELECT FROM policy AS n WHERE n.polrelid = b.relation AND n.polcmd IN ('r', '*'))
), way AS (
    SELECT p.oid AS start, p.polrelid AS home, p.polroles, e.relation AS at, ARRAY[e.relation] AS path
    FROM policy AS p JOIN edge AS e ON e.policy = p.oid
    UNION ALL
    SELECT w.start, w.home, w.polroles, e.relation, w.path || e.relation
    FROM way AS w
    JOIN policy AS n ON n.polrelid = w.at AND n.polcmd IN ('r', '*')
     AND (n.polroles && w.polroles OR 0 = ANY (n.polroles) OR 0 = ANY (w.polroles))
    JOIN edge AS e ON e.policy = n.oid
    WHERE w.at <> w.home AND e.relation <> ALL (w.path) AND cardinality(w.path) < 6
), back AS (
    SELECT DISTINCT ON (w.start) w.start, w.path
    FROM way AS w
    JOIN policy AS p ON p.oid = w.start
    WHERE w.at = w.home
      -- reading the table again fails only where a policy that counts for reading has a sub-select
      AND EXISTS (SELECT FROM policy AS n WHERE n.polrelid = w.home AND n.polcmd IN ('r', '*')
                  AND (n.polroles && w.polroles OR 0 = ANY (n.polroles) OR 0 = ANY (w.polroles)))
    ORDER BY w.start, cardinality(w.path), w.path
)
SELECT format('%I.%I %I', n.nspname, t.relname, p.polname) AS object, p.polrelid::bigint AS oid,
       'pg_catalog.pg_policy'::regclass::oid::bigint AS classid, p.oid::bigint AS objid, n.nspname::text AS schema,
       t.relname::text AS "table", p.polname::text AS policy,
       CASE cardinality(b.path) WHEN 1 THEN 'reads its own table'
            ELSE 'leads back by ' || (SELECT c.relname::text FROM pg_catalog.pg_class AS c WHERE c.oid = b.path[1]) END AS evidence,
       format('%s reads %s', format('%I.%I', n.nspname, t.relname),
              (SELECT string_agg(format('%I.%I', m.nspname, c.relname), ', which reads ' ORDER BY step.place)
               FROM unnest(b.path) WITH ORDINALITY AS step (relation, place)
               JOIN pg_catalog.pg_class AS c ON c.oid = step.relation
               JOIN pg_catalog.pg_namespace AS m ON m.oid = c.relnamespace)) AS way
FROM back AS b
JOIN policy AS p ON p.oid = b.start
JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
ORDER BY 1
