-- Findings whose fixes meet on one object, open doors that are meant, and walls that are meant.
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['anon', 'authenticated', 'service_role', 'chief', 'monitor'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN EXECUTE format('CREATE ROLE %I', name); END IF;
    END LOOP;
END $$;
ALTER ROLE chief SUPERUSER LOGIN;
CREATE SCHEMA auth;
GRANT USAGE ON SCHEMA public, auth TO anon, authenticated, service_role;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE
    AS $$ SELECT nullif(current_setting('request.jwt.claims', true)::json ->> 'sub', '')::uuid $$;
-- rewritten by two rules
CREATE TABLE public.meta (id int PRIMARY KEY, o uuid);
ALTER TABLE public.meta ENABLE ROW LEVEL SECURITY;
CREATE POLICY um ON public.meta TO authenticated
    USING ((current_setting('request.jwt.claims', true)::json -> 'user_metadata' ->> 'admin')::bool);
GRANT SELECT ON public.meta TO authenticated;
-- taken away by one rule, given again by another
CREATE FUNCTION public.run_sql(q text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN EXECUTE q; END $$;
CREATE FUNCTION public.for_logins() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
GRANT EXECUTE ON FUNCTION public.for_logins() TO authenticated;
-- dropped twice; two foreign keys of one column of another type, with an orphan
CREATE TABLE public.parent (id bigint PRIMARY KEY);
INSERT INTO public.parent SELECT g FROM generate_series(1, 100) g;
CREATE TABLE public.child (id int PRIMARY KEY, parent_id int REFERENCES public.parent (id), k int);
INSERT INTO public.child SELECT g, 1 + g % 100, g FROM generate_series(1, 5000) g;
ALTER TABLE public.child ADD CONSTRAINT again FOREIGN KEY (parent_id) REFERENCES public.parent (id);
ALTER TABLE public.child ADD CONSTRAINT positive CHECK (k > 0) NOT VALID;
SET session_replication_role = replica;
INSERT INTO public.child VALUES (99999, 777777, 5);
RESET session_replication_role;
CREATE INDEX d1 ON public.child (parent_id);
CREATE INDEX d2 ON public.child (parent_id);
CREATE INDEX d3 ON public.child (parent_id, k);
CREATE TABLE public.unindexed (id int PRIMARY KEY, parent_id bigint REFERENCES public.parent (id));
INSERT INTO public.unindexed SELECT g, 1 + g % 100 FROM generate_series(1, 20000) g;
-- a key that is there already
CREATE TABLE public.keyed (id int UNIQUE, v text);
CREATE TABLE public.coded (code text NOT NULL UNIQUE);
-- meant to be open, and meant to be shut
CREATE TABLE public.countries (code text PRIMARY KEY);
ALTER TABLE public.countries ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone_reads ON public.countries FOR SELECT TO anon, authenticated USING (true);
GRANT SELECT ON public.countries TO anon, authenticated;
CREATE TABLE public.audit_log (id int PRIMARY KEY, user_id bigint);
ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY nobody ON public.audit_log TO authenticated USING (false) WITH CHECK (false);
CREATE TABLE public.changed (id int PRIMARY KEY, owner uuid);
ALTER TABLE public.changed ENABLE ROW LEVEL SECURITY;
CREATE POLICY change ON public.changed FOR UPDATE TO authenticated USING (owner = (SELECT auth.uid()));
GRANT SELECT, UPDATE ON public.changed TO authenticated;
-- a trigger that works
CREATE TABLE public.q (id int PRIMARY KEY);
CREATE FUNCTION public.branch() RETURNS trigger LANGUAGE plpgsql SET search_path = ''
    AS $$ BEGIN IF tg_table_name = 'other' THEN new.nothere := 1; END IF; RETURN new; END $$;
CREATE TRIGGER br BEFORE UPDATE ON public.q FOR EACH ROW EXECUTE FUNCTION public.branch();
-- open to all, with a password beside
CREATE TABLE public.notes (id int PRIMARY KEY, body text, password text);
GRANT ALL ON public.notes TO anon, authenticated;
CREATE VIEW public.leaky AS SELECT * FROM public.audit_log;
GRANT SELECT ON public.leaky TO anon;
ALTER TABLE public.notes SET (autovacuum_enabled = off);
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon;
ANALYZE;
