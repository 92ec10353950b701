-- People, projects and the short lists.

BEGIN;
SET LOCAL ROLE lab_owner;

INSERT INTO teams (id, name, description)
SELECT md5('team' || n)::uuid, (ARRAY['Vitrification', 'Slow freezing', 'Organ banking', 'Oocytes', 'Plant tissue',
       'Stem cells', 'Toxicity', 'Screening'])[1 + n % 8] || ' ' || 1 + n / 8, 'Team ' || n
FROM generate_series(1, 40) n;

INSERT INTO user_profile (id, email, display_name, team_id, last_seen_at)
SELECT md5('user' || n)::uuid, 'user' || n || '@lab.example', 'Scientist ' || n, md5('team' || 1 + n % 40)::uuid,
       now() - n % 90 * interval '1 day'
FROM generate_series(1, 2000) n;

INSERT INTO projects (id, team_id, name, description, created_by, created_at)
SELECT md5('project' || n)::uuid, md5('team' || 1 + n % 40)::uuid, 'Project ' || n, 'Cryoprotectants, series ' || n % 12,
       md5('user' || 1 + n * 3 % 2000)::uuid, now() - n % 600 * interval '1 day'
FROM generate_series(1, 1200) n;

INSERT INTO property_types (id, name, unit)
SELECT md5('property_type' || row_number() OVER ())::uuid, name, unit
FROM (VALUES ('LogP', NULL), ('Melting point', '°C'), ('Boiling point', '°C'), ('Glass transition', '°C'),
             ('Viscosity', 'mPa·s'), ('Permeability', 'µm/s'), ('Toxicity index', NULL), ('Hydrogen bond donors', NULL),
             ('Hydrogen bond acceptors', NULL), ('Polar surface', 'Å²'), ('Osmolality', 'mOsm/kg'), ('Density', 'g/cm³'),
             ('Solubility', 'g/l'), ('Refractive index', NULL), ('Heat capacity', 'J/(mol·K)'), ('Ice inhibition', '%'),
             ('Cell viability', '%'), ('Thermal conductivity', 'W/(m·K)'), ('Surface tension', 'mN/m'),
             ('Dielectric constant', NULL), ('pKa', NULL), ('Rotatable bonds', NULL), ('Vapour pressure', 'Pa'),
             ('Critical cooling rate', 'K/min')) AS known (name, unit);

INSERT INTO calculation_methods (id, name, version, kind)
SELECT md5('method' || n)::uuid, 'model-' || n, '1.' || n % 4, (ARRAY['forest', 'network', 'group contribution'])[1 + n % 3]
FROM generate_series(1, 12) n;

INSERT INTO protocols (name, version) SELECT 'Protocol ' || n, 1 + n % 3 FROM generate_series(1, 120) n;
INSERT INTO protocol_steps (protocol_id, position, instruction)
SELECT 1 + n / 6, 1 + n % 6, 'Cool to ' || -20 * (1 + n % 6) || ' °C at ' || 1 + n % 5 || ' K/min'
FROM generate_series(0, 719) n;

INSERT INTO api_keys (id, owner_id, name, secret_hash)
SELECT md5('key' || n)::uuid, md5('user' || n * 50)::uuid, 'freezer-' || n, encode(sha256(('key' || n)::bytea), 'hex')
FROM generate_series(1, 24) n;
INSERT INTO shared_links (token, item_id)
SELECT left(md5('link' || n), 16), md5('mixture' || n)::uuid FROM generate_series(1, 60) n;

-- Planted: rows brought over with their own numbers while the sequence stayed behind.
INSERT INTO import_jobs (id, source, rows_read, finished_at)
SELECT n, 'nightly', 1000 * n, now() - (13 - n) * interval '1 day' FROM generate_series(1, 12) n;
SELECT setval('import_jobs_id_seq', 7);

-- Planted: an integer sequence that has used 95% of its range.
INSERT INTO export_jobs (id, target, rows_written, finished_at)
SELECT 2040109457 + n, 'partner-' || n, 500 * n, now() - (9 - n) * interval '1 day' FROM generate_series(1, 8) n;
SELECT setval('export_jobs_id_seq', 2040109465);

COMMIT;
