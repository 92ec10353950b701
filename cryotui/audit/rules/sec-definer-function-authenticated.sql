-- title: Definer open to every login
-- severity: watch
-- group: security
-- kind: function
-- about: A SECURITY DEFINER function or procedure that authenticated may call through the API: everybody who has signed up. It
--   runs with its owner's rights. Trigger functions are left out, as no call reaches them, and so is what anon may call as
--   well: that is sec-definer-function-anon. One that asks in its body who calls, or that the API does not serve, is info.
-- why: Row level security and grants of the caller count for nothing inside. Where anybody may sign up, anybody calls it.
-- detail: Owner {owner}{privileged}. {through} {asks} {served}
-- shape: REVOKE EXECUTE ON FUNCTION {function} FROM {roles};\n-- or\nREVOKE EXECUTE ON PROCEDURE {procedure} FROM
--   {roles};
-- lock: none on a table; calls go on
-- needs: api
-- parameters: api_roles api_schemas
-- references: https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY;
--   https://supabase.com/docs/guides/database/functions; splinter 0029 authenticated_security_definer_function_executable
WITH caller AS (
    SELECT 'authenticated'::text AS name
), others AS (
    SELECT 'service_role'::text AS name
),
-- with: definer-functions
SELECT d.object, d.kind, d.schema, d.function, d.classid, d.objid, d.owner, d.privileged, d.served, d.fix, d.undo,
       CASE WHEN d.grantees IS NULL THEN 'authenticated belongs to the owner, so no REVOKE takes it away.'
            ELSE format('EXECUTE is granted to %s.%s', d.grantees, d.loss) END AS through,
       CASE WHEN d.gated THEN 'Its body asks who calls; whom it refuses is to be read there.'
            ELSE 'Its body does not ask who calls.' END AS asks,
       CASE WHEN d.gated THEN 'logins call it, body checks' ELSE 'logins run it as ' || d.rolname END AS evidence,
       CASE WHEN d.schema <> ALL ($2::text[]) OR d.gated OR ($2::text[] IS NULL AND d.schema <> 'public') THEN 'info' END AS severity
FROM definer AS d
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = 'anon'
                  AND has_schema_privilege(r.oid, d.namespace, 'USAGE') AND has_function_privilege(r.oid, d.objid::oid, 'EXECUTE'))
ORDER BY 1
