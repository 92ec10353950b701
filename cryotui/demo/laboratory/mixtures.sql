-- 20,000 mixtures, their 60,000 components, and 1,204 components of mixtures that were deleted.

BEGIN;
SET LOCAL ROLE lab_owner;
SELECT setseed(0.44);

TRUNCATE mixtures;
INSERT INTO mixtures (id, name, description, project_id, owner_id, created_at, updated_at)
SELECT md5('mixture' || n)::uuid, 'VM' || n, 'Vitrification mixture, variant ' || n % 40, md5('project' || 1 + n % 1200)::uuid,
       md5('user' || 1 + n * 7 % 2000)::uuid, now() - random() * interval '500 days', now() - random() * interval '50 days'
FROM generate_series(1, 20000) n;

TRUNCATE mixture_components;
INSERT INTO mixture_components (id, mixture_id, molecule_id, amount, role)
SELECT md5('component' || n)::uuid, md5('mixture' || 1 + n % 20000)::uuid, md5('molecule' || 1 + n * 11 % 120000)::uuid,
       round((random() * 60)::numeric, 1), (ARRAY['permeating', 'non-permeating', 'ice blocker', 'carrier'])[1 + n % 4]
FROM generate_series(1, 60000) n;

-- Planted: rows whose mixture is gone.
INSERT INTO mixture_components (id, mixture_id, molecule_id, amount, role)
SELECT md5('orphan' || n)::uuid, md5('deleted mixture' || n % 301)::uuid, md5('molecule' || n)::uuid,
       round((random() * 60)::numeric, 1), 'permeating'
FROM generate_series(1, 1204) n;

COMMIT;
