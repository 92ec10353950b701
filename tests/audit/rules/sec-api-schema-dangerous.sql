-- expects: bad auth | logins are on the web
-- expects: bad vault | secrets are on the web
-- expects: bad pg_catalog | is on the web
-- expects: watch extensions | is on the web
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE service_role;
CREATE ROLE authenticator;
-- good: the first two and what Supabase serves itself; a name that only begins alike
ALTER ROLE authenticator SET pgrst.db_schemas = 'public, "Mixed ""Case", auth, storage, graphql_public, vault,extensions , pg_catalog, auth_api';
-- a setting of lesser weight does not count
ALTER ROLE ALL SET pgrst.db_schemas = 'cron';
