-- Row security, functions of the API, and the holes in both.

BEGIN;
SET LOCAL ROLE lab_owner;

DO $$
DECLARE
    name text;
BEGIN
    -- Planted: predictions is left out, and the platform's default grants open it to anon.
    FOREACH name IN ARRAY ARRAY['teams', 'user_profile', 'projects', 'property_types', 'calculation_methods', 'molecules',
        'molecule_synonyms', 'molecular_properties', 'mixtures', 'mixture_components', 'experiments', 'protocols',
        'protocol_steps', 'import_jobs', 'export_jobs', 'api_keys', 'shared_links']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY lab_app_rows ON %I TO lab_app USING (true) WITH CHECK (true)', name);
    END LOOP;
END
$$;

CREATE POLICY published ON molecules FOR SELECT TO anon USING (is_public);
CREATE POLICY visible ON molecules FOR SELECT TO authenticated
    USING (is_public OR created_by = (SELECT auth.uid()));
CREATE POLICY readable ON molecular_properties FOR SELECT TO authenticated USING (true);
CREATE POLICY readable ON property_types FOR SELECT TO anon, authenticated USING (true);
CREATE POLICY readable ON calculation_methods FOR SELECT TO anon, authenticated USING (true);
CREATE POLICY readable ON molecule_synonyms FOR SELECT TO anon, authenticated USING (true);
CREATE POLICY readable ON protocols FOR SELECT TO authenticated USING (true);
CREATE POLICY readable ON protocol_steps FOR SELECT TO authenticated USING (true);
CREATE POLICY own_row ON user_profile TO authenticated USING (id = (SELECT auth.uid()));
CREATE POLICY own_keys ON api_keys TO authenticated USING (owner_id = (SELECT auth.uid()));
CREATE POLICY of_own_mixtures ON mixture_components TO authenticated
    USING (mixture_id IN (SELECT m.id FROM mixtures m WHERE m.owner_id = (SELECT auth.uid())));

-- Planted: always true for whoever has the web client.
CREATE POLICY read_all ON experiments FOR SELECT TO anon USING (true);

-- Planted: the function is called once a row instead of once a statement.
CREATE POLICY own_rows ON experiments TO authenticated USING (created_by = auth.uid());
CREATE POLICY own_rows ON projects TO authenticated USING (created_by = auth.uid());
CREATE POLICY own_rows ON mixtures TO authenticated USING (owner_id = auth.uid());
CREATE POLICY members ON teams FOR SELECT TO authenticated USING (id::text = auth.jwt() ->> 'team_id');

-- Planted: runs with its owner's rights and looks names up in the caller's search_path.
CREATE FUNCTION share_item(item uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    made text;
BEGIN
    INSERT INTO shared_links (token, item_id) VALUES (left(md5(random()::text), 16), item) RETURNING token INTO made;
    RETURN made;
END
$$;

-- Planted: passes row security for callers who have not logged in.
CREATE FUNCTION search_molecules(term text) RETURNS SETOF molecules LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = '' AS $$
    SELECT * FROM public.molecules m WHERE m.name ILIKE term || '%' LIMIT 50
$$;

-- Planted: a view reads with its owner's rights, past the policies of experiments and projects.
CREATE VIEW experiment_overview AS
SELECT e.id, e.title, e.batch_number, e.temperature, p.name AS project, p.team_id
FROM experiments e
JOIN projects p ON p.id = e.project_id;

CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
CREATE TRIGGER set_updated_at BEFORE UPDATE ON projects FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON teams FOR EACH ROW EXECUTE FUNCTION set_updated_at();

GRANT SELECT ON property_types, calculation_methods TO lab_ro;
CREATE POLICY readable_to_lab_ro ON property_types FOR SELECT TO lab_ro USING (true);
CREATE POLICY readable_to_lab_ro ON calculation_methods FOR SELECT TO lab_ro USING (true);

RESET ROLE;
CREATE PUBLICATION supabase_realtime FOR TABLE experiments, mixtures;

COMMIT;
