-- expects: watch public.lab_pay(uuid) | logins run it as postgres
-- expects: watch public."Mixed ""Case"(integer) | logins run it as postgres
-- expects: info public.lab_gated() | logins call it, body checks
-- expects: info lab_side.other() | logins run it as postgres
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE service_role;
GRANT USAGE ON SCHEMA public TO anon, authenticated;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
CREATE FUNCTION public.lab_pay(item uuid) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS 'BEGIN RETURN 1; END';
CREATE FUNCTION public."Mixed ""Case"(a int) RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
CREATE FUNCTION public.lab_gated() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$ BEGIN PERFORM current_setting('request.jwt.claims'); RETURN 1; END $$;
GRANT EXECUTE ON FUNCTION public.lab_pay(uuid), public."Mixed ""Case"(int), public.lab_gated() TO authenticated;
-- anon may not use the schema, so what is for all is for logins only
CREATE SCHEMA lab_side;
GRANT USAGE ON SCHEMA lab_side TO authenticated;
CREATE FUNCTION lab_side.other() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
GRANT EXECUTE ON FUNCTION lab_side.other() TO PUBLIC;
-- good: a trigger function (splinter flags it), the service's own, the caller's rights; what anon calls is the other rule's
CREATE FUNCTION public.lab_on_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS 'BEGIN RETURN NEW; END';
GRANT EXECUTE ON FUNCTION public.lab_on_write() TO authenticated;
CREATE FUNCTION public.lab_service() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
GRANT EXECUTE ON FUNCTION public.lab_service() TO service_role;
CREATE FUNCTION public.lab_as_caller() RETURNS int LANGUAGE sql AS 'SELECT 1';
GRANT EXECUTE ON FUNCTION public.lab_as_caller() TO authenticated;
CREATE FUNCTION public.lab_open() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
GRANT EXECUTE ON FUNCTION public.lab_open() TO anon, authenticated;
