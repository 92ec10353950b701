-- 400,000 properties: three or four a molecule, scattered over the table as they arrived.

BEGIN;
SET LOCAL ROLE lab_owner;
SELECT setseed(0.43);

TRUNCATE molecular_properties;
INSERT INTO molecular_properties (id, molecule_id, property_type_id, numeric_value, text_value, source, created_at)
SELECT md5('property' || n)::uuid, md5('molecule' || 1 + n % 120000)::uuid,
       md5('property_type' || 1 + n / 120000 * 6 + n % 6)::uuid,
       CASE WHEN n % 50 > 0 THEN random() * 300 - 50 END, CASE WHEN n % 50 = 0 THEN 'below detection' END,
       (ARRAY['measured', 'pubchem', 'literature', 'calculated'])[1 + n % 4], now() - random() * interval '400 days'
FROM generate_series(0, 399999) n;

COMMIT;
