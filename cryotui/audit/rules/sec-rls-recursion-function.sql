-- title: Recursion by a function
-- severity: bad
-- group: security
-- kind: policy
-- about: A policy for reading calls an SQL or PL/pgSQL function that reads the policy's own table under row security: one that runs
--   with the rights of the caller, or a SECURITY DEFINER function whose owner does not pass the row security of that table. A
--   body that was parsed (BEGIN ATOMIC) names its tables; in a text the table's name is looked for behind FROM and JOIN: bad in
--   SQL, watch in PL/pgSQL, where the branch may never be reached. One call deep; what a policy reads itself is sec-rls-recursion.
-- why: Reading the table asks the policy, the policy calls the function, the function reads the table: every statement that the
--   policy counts for fails with stack depth limit exceeded (54001).
-- evidence: calls {called}
-- detail: {called_whole} reads {relation}: {known}. Let a role that passes the row security of the table own it, and make it STABLE
--   SECURITY DEFINER with a fixed search_path. No fix is given: it would let callers see what they may not read themselves.
-- certainty: estimated
-- references: https://www.postgresql.org/docs/current/ddl-rowsecurity.html
WITH call AS MATERIALIZED (
    SELECT p.oid, p.polrelid, p.polname, t.relname, n.nspname, f.oid AS function, f.proname, f.prosrc, f.prosqlbody IS NOT NULL AS parsed,
           l.lanname, fn.nspname AS function_schema
    FROM pg_catalog.pg_policy AS p
    JOIN pg_catalog.pg_class AS t ON t.oid = p.polrelid AND t.relrowsecurity AND t.relpersistence <> 't'
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_policy'::regclass AND d.objid = p.oid
     AND d.refclassid = 'pg_catalog.pg_proc'::regclass AND d.refobjid >= 16384
    JOIN pg_catalog.pg_proc AS f ON f.oid = d.refobjid
    JOIN pg_catalog.pg_namespace AS fn ON fn.oid = f.pronamespace
    JOIN pg_catalog.pg_language AS l ON l.oid = f.prolang AND l.lanname IN ('sql', 'plpgsql')
    JOIN pg_catalog.pg_roles AS o ON o.oid = f.proowner
    WHERE p.oid >= 16384 AND p.polcmd IN ('r', '*')
      AND (NOT f.prosecdef
           OR (NOT o.rolsuper AND NOT o.rolbypassrls AND (t.relforcerowsecurity OR NOT pg_has_role(o.oid, t.relowner, 'USAGE'))
               AND (0 = ANY (p.polroles)
                    OR EXISTS (SELECT FROM unnest(p.polroles) AS role (oid) WHERE pg_has_role(o.oid, role.oid, 'USAGE')))))
), body AS MATERIALIZED (
    -- a function that many policies call is read once, without its comments
    SELECT f.function, regexp_replace(regexp_replace(f.prosrc, '/\*.*?\*/', ' ', 'g'), '--[^\n]*', ' ', 'g') AS text
    FROM (SELECT DISTINCT c.function, c.prosrc FROM call AS c WHERE NOT c.parsed) AS f
), reads AS (
    SELECT c.*
    FROM call AS c
    WHERE c.parsed AND EXISTS (SELECT FROM pg_catalog.pg_depend AS r
                               WHERE r.classid = 'pg_catalog.pg_proc'::regclass AND r.objid = c.function AND r.deptype = 'n'
                                 AND r.refclassid = 'pg_catalog.pg_class'::regclass AND r.refobjid = c.polrelid)
    UNION ALL
    SELECT c.*
    FROM call AS c
    JOIN body AS b ON b.function = c.function
    CROSS JOIN LATERAL (
        SELECT regexp_replace(replace(c.relname, '"', '""'), '([\\^$.|?*+()\[\]{}])', '\\\1', 'g') AS part,
               regexp_replace(replace(c.nspname, '"', '""'), '([\\^$.|?*+()\[\]{}])', '\\\1', 'g') AS schema
    ) AS name
    -- most bodies end at the first, cheap test; a name without quotation marks is in small letters
    WHERE NOT c.parsed AND CASE WHEN strpos(lower(b.text), lower(replace(c.relname, '"', '""'))) = 0 THEN false
        ELSE b.text ~* (E'\\m(from|join)\\s+(only\\s+)?\\(?\\s*(("' || name.schema || E'"|\\m' || name.schema || E'\\M)\\s*\\.\\s*)?("'
                        || name.part || '"'
                        || CASE WHEN c.relname ~ '^[a-z_][a-z0-9_]*$' THEN E'|\\m' || name.part || E'\\M' ELSE '' END || ')') END
)
SELECT format('%I.%I %I', r.nspname, r.relname, r.polname) AS object, r.polrelid::bigint AS oid,
       'pg_catalog.pg_policy'::regclass::oid::bigint AS classid, r.oid::bigint AS objid, r.nspname::text AS schema,
       r.relname::text AS "table", r.polname::text AS policy, format('%I.%I', r.nspname, r.relname) AS relation,
       min(r.proname::text) || CASE WHEN count(*) > 1 THEN ' +' || count(*) - 1 ELSE '' END AS called,
       string_agg(format('%I.%I()', r.function_schema, r.proname), ', ' ORDER BY r.function_schema, r.proname) AS called_whole,
       CASE WHEN bool_or(r.parsed) THEN 'its parsed body says so' ELSE 'the text of its body says so' END AS known,
       CASE WHEN NOT bool_or(r.parsed) AND bool_and(r.lanname = 'plpgsql') THEN 'watch' END AS severity
FROM reads AS r
GROUP BY r.oid, r.polrelid, r.nspname, r.relname, r.polname
ORDER BY 1
