-- expects: watch "Lab ""root" | superuser with LOGIN
-- expects: watch lab_admin | superuser with LOGIN
CREATE ROLE lab_admin LOGIN SUPERUSER;
CREATE ROLE "Lab ""root" LOGIN SUPERUSER VALID UNTIL '2020-01-01';
-- good: no login, no superuser, the platform's own
CREATE ROLE lab_group SUPERUSER;
CREATE ROLE lab_plain LOGIN;
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE service_role;
CREATE ROLE supabase_admin LOGIN SUPERUSER;
