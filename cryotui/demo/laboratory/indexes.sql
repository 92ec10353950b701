-- Keys, references and indexes, built over the finished data.

BEGIN;
SET LOCAL ROLE lab_owner;
SET LOCAL maintenance_work_mem = '256MB';

ALTER TABLE teams ADD PRIMARY KEY (id), ADD UNIQUE (name);
ALTER TABLE user_profile ADD PRIMARY KEY (id), ADD UNIQUE (email);
ALTER TABLE projects ADD PRIMARY KEY (id);
ALTER TABLE property_types ADD PRIMARY KEY (id), ADD UNIQUE (name);
ALTER TABLE calculation_methods ADD PRIMARY KEY (id), ADD UNIQUE (name, version);
ALTER TABLE molecules ADD PRIMARY KEY (id), ADD CONSTRAINT molecules_inchikey_key UNIQUE (inchikey);
ALTER TABLE molecule_synonyms ADD PRIMARY KEY (id);
ALTER TABLE molecular_properties ADD PRIMARY KEY (id);
ALTER TABLE mixtures ADD PRIMARY KEY (id);
ALTER TABLE mixture_components ADD PRIMARY KEY (id);
ALTER TABLE experiments ADD PRIMARY KEY (id);
ALTER TABLE predictions ADD PRIMARY KEY (id);
ALTER TABLE protocols ADD PRIMARY KEY (id);
ALTER TABLE protocol_steps ADD PRIMARY KEY (id), ADD UNIQUE (protocol_id, position);
ALTER TABLE import_jobs ADD PRIMARY KEY (id);
ALTER TABLE export_jobs ADD PRIMARY KEY (id);
ALTER TABLE api_keys ADD PRIMARY KEY (id);
ALTER TABLE shared_links ADD PRIMARY KEY (token);

CREATE INDEX ix_user_profile_team ON user_profile (team_id);
CREATE INDEX ix_projects_team ON projects (team_id);
CREATE INDEX ix_projects_created_by ON projects (created_by);
CREATE INDEX ix_molecules_created_by ON molecules (created_by);
CREATE INDEX ix_molecules_smiles ON molecules (smiles);
CREATE INDEX ix_synonyms_molecule ON molecule_synonyms (molecule_id);
CREATE INDEX ix_properties_molecule ON molecular_properties (molecule_id);
CREATE INDEX ix_properties_type ON molecular_properties (property_type_id);
CREATE INDEX ix_mixtures_project ON mixtures (project_id);
CREATE INDEX ix_mixtures_owner ON mixtures (owner_id);
CREATE INDEX ix_components_mix_mol ON mixture_components (mixture_id, molecule_id);
CREATE INDEX ix_components_molecule ON mixture_components (molecule_id);
CREATE INDEX ix_experiments_project ON experiments (project_id);
CREATE INDEX ix_experiments_created_by ON experiments (created_by);
CREATE INDEX ix_experiments_title_text ON experiments USING gin (to_tsvector('english', title));
CREATE INDEX ix_predictions_molecule ON predictions (molecule_id);
CREATE INDEX ix_predictions_created_at ON predictions (created_at);
CREATE INDEX ix_api_keys_owner ON api_keys (owner_id);

-- Planted: never used, the same as another one, the beginning of another one.
CREATE INDEX ix_properties_value ON molecular_properties (numeric_value);
CREATE INDEX ix_molecules_smiles_2 ON molecules (smiles);
CREATE INDEX ix_components_mix ON mixture_components (mixture_id);

ALTER TABLE user_profile ADD FOREIGN KEY (id) REFERENCES auth.users ON DELETE CASCADE;
ALTER TABLE user_profile ADD FOREIGN KEY (team_id) REFERENCES teams;
ALTER TABLE projects ADD FOREIGN KEY (team_id) REFERENCES teams;
ALTER TABLE projects ADD FOREIGN KEY (created_by) REFERENCES user_profile;
ALTER TABLE molecules ADD FOREIGN KEY (created_by) REFERENCES user_profile;
ALTER TABLE molecule_synonyms ADD FOREIGN KEY (molecule_id) REFERENCES molecules ON DELETE CASCADE;
ALTER TABLE molecular_properties ADD FOREIGN KEY (molecule_id) REFERENCES molecules;
ALTER TABLE molecular_properties ADD FOREIGN KEY (property_type_id) REFERENCES property_types;
ALTER TABLE mixtures ADD FOREIGN KEY (project_id) REFERENCES projects;
ALTER TABLE mixture_components ADD FOREIGN KEY (molecule_id) REFERENCES molecules;
ALTER TABLE experiments ADD FOREIGN KEY (project_id) REFERENCES projects;
ALTER TABLE experiments ADD FOREIGN KEY (created_by) REFERENCES user_profile;
ALTER TABLE predictions ADD FOREIGN KEY (molecule_id) REFERENCES molecules;
ALTER TABLE protocol_steps ADD FOREIGN KEY (protocol_id) REFERENCES protocols ON DELETE CASCADE;
ALTER TABLE api_keys ADD FOREIGN KEY (owner_id) REFERENCES user_profile ON DELETE CASCADE;

-- Planted: references without an index of their own.
ALTER TABLE experiments ADD FOREIGN KEY (mixture_id) REFERENCES mixtures;
ALTER TABLE predictions ADD FOREIGN KEY (model_id) REFERENCES calculation_methods;

-- Planted: references that were never checked; the first holds, the second cannot.
ALTER TABLE mixtures ADD CONSTRAINT mixtures_owner_fkey FOREIGN KEY (owner_id) REFERENCES user_profile NOT VALID;
ALTER TABLE mixture_components ADD FOREIGN KEY (mixture_id) REFERENCES mixtures NOT VALID;

COMMIT;
