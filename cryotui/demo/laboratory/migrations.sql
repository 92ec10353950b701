-- The history that Supabase's migrations keep.

BEGIN;

CREATE TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, statements text[], name text);
INSERT INTO supabase_migrations.schema_migrations (version, name, statements) VALUES
    ('20250901080000', 'roles', ARRAY['CREATE ROLE lab_app LOGIN CONNECTION LIMIT 40']),
    ('20250901081500', 'people', ARRAY[
        'CREATE TABLE teams (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL UNIQUE)',
        'CREATE TABLE user_profile (id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE, email text NOT NULL UNIQUE)']),
    ('20250903093000', 'molecules', ARRAY[
        'CREATE TABLE molecules (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL, smiles text NOT NULL)',
        'CREATE INDEX ix_molecules_smiles ON molecules (smiles)']),
    ('20250910140000', 'properties', ARRAY[
        'CREATE TABLE molecular_properties (id uuid PRIMARY KEY, molecule_id uuid NOT NULL REFERENCES molecules)']),
    ('20251002101500', 'mixtures', ARRAY[
        'CREATE TABLE mixtures (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL)',
        'CREATE INDEX ix_components_mix ON mixture_components (mixture_id)']),
    ('20251118090000', 'experiments', ARRAY['CREATE TABLE experiments (id uuid PRIMARY KEY, title text NOT NULL)']),
    ('20251203113000', 'row_security', ARRAY[
        'ALTER TABLE experiments ENABLE ROW LEVEL SECURITY',
        'CREATE POLICY read_all ON experiments FOR SELECT TO anon USING (true)']),
    ('20260114150000', 'sharing', ARRAY['CREATE FUNCTION share_item(item uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER']),
    ('20260203083000', 'smiles_again', ARRAY['CREATE INDEX ix_molecules_smiles_2 ON molecules (smiles)']),
    ('20260219101000', 'components_wider', ARRAY[
        'CREATE INDEX ix_components_mix_mol ON mixture_components (mixture_id, molecule_id)']),
    ('20260302101500', 'mixtures_owner', ARRAY[
        'ALTER TABLE mixtures ADD CONSTRAINT mixtures_owner_fkey FOREIGN KEY (owner_id) REFERENCES user_profile NOT VALID']),
    ('20260308090000', 'predictions', ARRAY[
        'CREATE TABLE predictions (id uuid PRIMARY KEY, molecule_id uuid NOT NULL REFERENCES molecules)']);

COMMIT;
