-- view: views with the roles of $1 that read them (readers: by grant, exposed: by schema as well), edge: what they are made of,
-- walk: who reads what below them; passed: tables whose row security they pass, of_users: those that reach auth.users
view AS MATERIALIZED (
    SELECT v.oid, v.relname, v.relkind, v.relowner, v.relacl, n.nspname, v.reloptions,
           v.relkind = 'v' AND NOT coalesce(option.invoker, false) AS definer,
           ARRAY(SELECT role.name FROM unnest($1::text[]) WITH ORDINALITY AS role (name, place)
                 WHERE has_any_column_privilege(role.name, v.oid, 'SELECT') ORDER BY role.place) AS readers,
           ARRAY(SELECT role.name FROM unnest($1::text[]) WITH ORDINALITY AS role (name, place)
                 WHERE has_any_column_privilege(role.name, v.oid, 'SELECT')
                   AND has_schema_privilege(role.name, n.oid, 'USAGE') ORDER BY role.place) AS exposed
    FROM pg_catalog.pg_class AS v
    JOIN pg_catalog.pg_namespace AS n ON n.oid = v.relnamespace
    CROSS JOIN LATERAL (
        SELECT bool_or(split_part(o, '=', 2)::boolean) AS invoker FROM unnest(v.reloptions) AS o WHERE o LIKE 'security\_invoker=%'
    ) AS option
    WHERE v.relkind IN ('v', 'm') AND v.oid >= 16384
), edge AS MATERIALIZED (
    SELECT DISTINCT v.oid AS view, d.refobjid AS relation
    FROM view AS v
    JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = v.oid AND r.ev_type = '1'
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
     AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> v.oid
), walk AS (
    -- who reads what below a view: a view reads as its owner, one with security_invoker as the client (0), a materialized
    -- view read as its owner when it was refreshed, and so did what lies below it
    SELECT v.oid AS root, v.oid AS reader, e.relation,
           CASE WHEN v.definer OR v.relkind = 'm' THEN v.relowner ELSE 0::oid END AS subject,
           CASE WHEN v.relkind = 'm' THEN v.relowner ELSE 0::oid END AS refreshed
    FROM view AS v JOIN edge AS e ON e.view = v.oid
    WHERE cardinality(v.exposed) > 0
    UNION
    SELECT w.root, v.oid, e.relation,
           CASE WHEN v.definer OR v.relkind = 'm' THEN v.relowner ELSE w.refreshed END,
           CASE WHEN v.relkind = 'm' THEN v.relowner ELSE w.refreshed END
    FROM walk AS w
    JOIN view AS v ON v.oid = w.relation
    JOIN edge AS e ON e.view = v.oid
    -- what the client has to read on its own account it needs a right for; what it reaches by itself is its own finding
    WHERE w.subject <> 0 OR v.relkind = 'v' AND cardinality(v.readers) > 0 AND cardinality(v.exposed) = 0
), passed AS MATERIALIZED (
    -- tables whose row security does not hold the reader
    SELECT DISTINCT w.root, w.reader, t.oid AS relation, o.rolname,
           CASE WHEN o.rolsuper THEN 'a superuser' WHEN o.rolbypassrls THEN 'which passes row security'
                ELSE 'its owner' END AS how
    FROM walk AS w
    JOIN pg_catalog.pg_class AS t ON t.oid = w.relation AND t.relkind IN ('r', 'p') AND t.relrowsecurity
    JOIN pg_catalog.pg_roles AS o ON o.oid = w.subject
    WHERE o.rolsuper OR o.rolbypassrls OR NOT t.relforcerowsecurity AND pg_has_role(o.oid, t.relowner, 'USAGE')
), users AS MATERIALIZED (
    SELECT t.oid, t.relrowsecurity, t.relforcerowsecurity, t.relowner
    FROM pg_catalog.pg_class AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE n.nspname = 'auth' AND t.relname = 'users' AND t.relkind IN ('r', 'p')
), of_users AS MATERIALIZED (
    -- the reader has the right, and row security of auth.users does not hold it
    SELECT DISTINCT w.root, w.reader, w.subject
    FROM walk AS w
    JOIN users AS u ON u.oid = w.relation
    LEFT JOIN pg_catalog.pg_roles AS o ON o.oid = w.subject
    WHERE CASE WHEN w.subject = 0
               THEN NOT u.relrowsecurity AND EXISTS (SELECT FROM unnest($1::text[]) AS role (name)
                                                     WHERE has_any_column_privilege(role.name, u.oid, 'SELECT'))
               ELSE has_any_column_privilege(o.oid, u.oid, 'SELECT')
                    AND (NOT u.relrowsecurity OR o.rolsuper OR o.rolbypassrls
                         OR NOT u.relforcerowsecurity AND pg_has_role(o.oid, u.relowner, 'USAGE')) END
)
