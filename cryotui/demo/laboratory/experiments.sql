-- 30,000 experiments (every tenth with a long protocol, out of line) and 200,000 predictions.

BEGIN;
SET LOCAL ROLE lab_owner;
SELECT setseed(0.45);

TRUNCATE experiments;
INSERT INTO experiments (id, title, protocol, mixture_id, project_id, batch_number, temperature, results, created_by,
                         created_at, updated_at)
SELECT md5('experiment' || n)::uuid, 'Run ' || n || ', ' || (ARRAY['viability', 'ice growth', 'toxicity', 'glass'])[1 + n % 4],
       CASE WHEN n % 10 = 0 THEN (SELECT string_agg(md5(n || '.' || part), ' ') FROM generate_series(1, 110) part)
            ELSE 'Load, equilibrate ' || 5 + n % 25 || ' min, cool at ' || 1 + n % 9 || ' K/min, hold, thaw, wash.' END,
       md5('mixture' || 1 + n * 13 % 20000)::uuid, md5('project' || 1 + n % 1200)::uuid,
       -- Planted: every 600th batch number was given twice.
       'B-' || lpad((n - (n % 600 = 0)::int)::text, 6, '0'), -196 + (n % 180),
       jsonb_build_object('viability', round((random() * 100)::numeric, 1), 'replicates', 3 + n % 4),
       md5('user' || 1 + n * 3 % 2000)::uuid, now() - random() * interval '600 days', now() - random() * interval '60 days'
FROM generate_series(1, 30000) n;

TRUNCATE predictions;
INSERT INTO predictions (id, molecule_id, model_id, value, confidence, created_by, created_at)
SELECT md5('prediction' || n)::uuid, md5('molecule' || 1 + n * 17 % 120000)::uuid, md5('method' || 1 + n % 12)::uuid,
       random() * 100, random(),
       -- Planted: 212 predictions of people who never had a profile; the reference is not declared.
       CASE WHEN n <= 212 THEN md5('former user' || n % 9)::uuid ELSE md5('user' || 1 + n % 2000)::uuid END,
       now() - random() * interval '250 days'
FROM generate_series(1, 200000) n;

COMMIT;
