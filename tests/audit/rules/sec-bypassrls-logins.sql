-- expects: bad "Lab ""app" | BYPASSRLS with LOGIN
-- expects: watch lab_backup | BYPASSRLS with LOGIN
CREATE TABLE public.lab (a int);
ALTER TABLE public.lab ENABLE ROW LEVEL SECURITY;
CREATE ROLE "Lab ""app" LOGIN BYPASSRLS;
CREATE ROLE lab_backup LOGIN BYPASSRLS IN ROLE pg_read_all_data;
-- good: no login, a superuser, an ordinary login, the platform's own
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE service_role BYPASSRLS;
CREATE ROLE supabase_read_only_user LOGIN BYPASSRLS;
CREATE ROLE lab_root LOGIN SUPERUSER BYPASSRLS;
CREATE ROLE lab_plain LOGIN;
