-- title: Definer open to anon
-- severity: bad
-- group: security
-- kind: function
-- about: A SECURITY DEFINER function or procedure that anon may call through the API: a role that needs no login. It runs with
--   its owner's rights. Trigger functions are left out, as no call reaches them. One that asks in its body who calls is watch;
--   one in a schema that the API does not serve is info.
-- why: Row level security and grants of the caller count for nothing inside. Whoever has the key of the web client calls it.
-- detail: Owner {owner}{privileged}. {through} {asks} {served}
-- shape: REVOKE EXECUTE ON FUNCTION {function} FROM {roles};\n-- or\nREVOKE EXECUTE ON PROCEDURE {procedure} FROM
--   {roles};
-- lock: none on a table; calls go on
-- needs: api
-- parameters: api_roles api_schemas
-- references: https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY;
--   https://supabase.com/docs/guides/database/functions; splinter 0028 anon_security_definer_function_executable
WITH caller AS (
    SELECT 'anon'::text AS name
), others AS (
    SELECT unnest(ARRAY['authenticated', 'service_role']) AS name
),
-- with: definer-functions
SELECT d.object, d.kind, d.schema, d.function, d.classid, d.objid, d.owner, d.privileged, d.served, d.fix, d.undo,
       CASE WHEN d.grantees IS NULL THEN 'anon belongs to the owner, so no REVOKE takes it away.'
            ELSE format('EXECUTE is granted to %s.%s', d.grantees, d.loss) END AS through,
       CASE WHEN d.gated THEN 'Its body asks who calls; whether it refuses anon is to be read there.'
            ELSE 'Its body does not ask who calls.' END AS asks,
       CASE WHEN d.gated THEN 'anon calls it, body checks' ELSE 'anon runs it as ' || d.rolname END AS evidence,
       CASE WHEN d.schema <> ALL ($2::text[]) THEN 'info'
            WHEN d.gated OR ($2::text[] IS NULL AND d.schema <> 'public') THEN 'watch' END AS severity
FROM definer AS d
ORDER BY 1
