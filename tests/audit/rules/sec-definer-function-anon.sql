-- expects: bad public.lab_pay(uuid) | anon runs it as postgres
-- expects: bad public.lab_named() | anon runs it as postgres
-- expects: bad public.lab_by_group() | anon runs it as postgres
-- expects: bad public."Mixed ""Case"(integer) | anon runs it as postgres
-- expects: bad public.lab_work(integer) | anon runs it as postgres
-- expects: bad public.lab_words_only() | anon runs it as postgres
-- expects: watch public.lab_gated() | anon calls it, body checks
-- expects: watch public.lab_gated_atomic() | anon calls it, body checks
-- expects: watch lab_side.other() | anon runs it as postgres
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE service_role;
CREATE ROLE lab_group;
GRANT lab_group TO anon;
CREATE SCHEMA auth;
GRANT USAGE ON SCHEMA public, auth TO anon, authenticated;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid';
CREATE FUNCTION public.lab_pay(item uuid) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS 'BEGIN RETURN 1; END';
-- granted by name besides: REVOKE FROM PUBLIC alone would leave it open
CREATE FUNCTION public.lab_named() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
GRANT EXECUTE ON FUNCTION public.lab_named() TO anon;
CREATE FUNCTION public.lab_by_group() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION public.lab_by_group() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.lab_by_group() TO lab_group;
CREATE FUNCTION public."Mixed ""Case"(a int) RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
CREATE PROCEDURE public.lab_work(INOUT a int) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS 'BEGIN a := 1; END';
-- a comment is no check
CREATE FUNCTION public.lab_words_only() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = ''
    AS $$ SELECT /* auth.uid() */ 1 -- auth.uid() $$;
CREATE FUNCTION public.lab_gated() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$ BEGIN IF auth.uid() IS NULL THEN RAISE 'no'; END IF; RETURN 1; END $$;
CREATE FUNCTION public.lab_gated_atomic() RETURNS bool LANGUAGE sql SECURITY DEFINER
    BEGIN ATOMIC SELECT auth.uid() IS NOT NULL; END;
CREATE SCHEMA lab_side;
GRANT USAGE ON SCHEMA lab_side TO anon;
CREATE FUNCTION lab_side.other() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
-- good: a trigger function (splinter flags it), the caller's rights, a closed schema, for logins only
CREATE FUNCTION public.lab_on_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION public.lab_on_ddl() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS 'BEGIN END';
CREATE FUNCTION public.lab_as_caller() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE SCHEMA lab_hidden;
CREATE FUNCTION lab_hidden.f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
CREATE FUNCTION public.lab_for_logins() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION public.lab_for_logins() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.lab_for_logins() TO authenticated;
