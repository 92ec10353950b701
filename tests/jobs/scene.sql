-- Every kind of table and policy the role probes meet. app_user and app_guest are the roles, app_owner owns it all.
CREATE ROLE app_owner NOLOGIN;
CREATE ROLE app_user NOLOGIN;
CREATE ROLE app_guest NOLOGIN;
CREATE ROLE app_service NOLOGIN BYPASSRLS;
CREATE SCHEMA app AUTHORIZATION app_owner;
GRANT USAGE ON SCHEMA app TO app_user, app_guest, app_service;
SET ROLE app_owner;
SET search_path = app;

CREATE FUNCTION caller() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
$$;
CREATE FUNCTION raising() RETURNS boolean LANGUAGE plpgsql STABLE AS $$ BEGIN RAISE EXCEPTION 'no team'; END $$;

CREATE TABLE notes (id serial PRIMARY KEY, owner text NOT NULL, body text);
INSERT INTO notes (owner, body) VALUES ('ann', 'a'), ('ann', 'b'), ('bob', 'c');
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes TO app_user USING (owner = caller()) WITH CHECK (owner = caller());
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO app_user, app_guest, app_service;

CREATE TABLE open_to_all (id bigint GENERATED ALWAYS AS IDENTITY, word text);
INSERT INTO open_to_all (word) SELECT 'w' || n FROM generate_series(1, 30) n;
GRANT SELECT, INSERT, UPDATE, DELETE ON open_to_all TO app_user;

CREATE TABLE recursive (id int);
ALTER TABLE recursive ENABLE ROW LEVEL SECURITY;
CREATE POLICY loops ON recursive TO app_user USING (EXISTS (SELECT FROM recursive r WHERE r.id = recursive.id));
GRANT SELECT, UPDATE ON recursive TO app_user;

CREATE TABLE with_helper (id int);
INSERT INTO with_helper VALUES (1);
ALTER TABLE with_helper ENABLE ROW LEVEL SECURITY;
CREATE POLICY asks ON with_helper TO app_user USING (raising());
GRANT SELECT ON with_helper TO app_user;

CREATE TABLE teams (id int);
CREATE TABLE inside (id int);
INSERT INTO inside VALUES (1);
ALTER TABLE inside ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_team ON inside TO app_user USING (id IN (SELECT t.id FROM teams t));
GRANT SELECT ON inside TO app_user;

CREATE TABLE only_restrictive (id int);
INSERT INTO only_restrictive VALUES (1);
ALTER TABLE only_restrictive ENABLE ROW LEVEL SECURITY;
CREATE POLICY narrow ON only_restrictive AS RESTRICTIVE TO app_user USING (true);
GRANT SELECT, INSERT ON only_restrictive TO app_user;

CREATE TABLE columns_only (id int, secret text);
INSERT INTO columns_only VALUES (1, 'x');
GRANT SELECT (id), UPDATE (id) ON columns_only TO app_user;

CREATE TABLE parted (day date, word text) PARTITION BY RANGE (day);
CREATE TABLE parted_2026 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO parted VALUES ('2026-05-01', 'x');
ALTER TABLE parted ENABLE ROW LEVEL SECURITY;
CREATE POLICY none_of_them ON parted TO app_user USING (false);
GRANT ALL ON parted, parted_2026 TO app_user;

CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM notes;
GRANT ALL ON counted TO app_user;
CREATE VIEW past_policies AS SELECT * FROM notes;
CREATE VIEW grouped AS SELECT owner, count(*) FROM notes GROUP BY 1;
GRANT ALL ON past_policies, grouped TO app_user;

CREATE TABLE outside (said text);
CREATE TABLE triggered (id int);
INSERT INTO triggered VALUES (1);
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = app AS $$
BEGIN INSERT INTO outside VALUES (TG_OP); PERFORM pg_notify('told', TG_OP); RETURN coalesce(NEW, OLD); END $$;
CREATE TRIGGER tells BEFORE INSERT OR UPDATE OR DELETE ON triggered FOR EACH ROW EXECUTE FUNCTION tell();
GRANT ALL ON triggered TO app_user;

CREATE TABLE parents (id int PRIMARY KEY);
CREATE TABLE children (parent_id int REFERENCES parents ON DELETE CASCADE);
CREATE TABLE strict_children (parent_id int REFERENCES parents);
INSERT INTO parents VALUES (1), (2);
INSERT INTO children VALUES (1);
GRANT ALL ON parents TO app_user;
RESET ROLE;
RESET search_path;
