-- Planted after the whole database was vacuumed and analysed: what must look neglected.

BEGIN;
SET LOCAL ROLE lab_owner;

-- Left over from an import: no key, never vacuumed, never analysed, not open to the API.
CREATE TABLE experiment_import_old WITH (autovacuum_enabled = off) AS
SELECT n AS line, md5('import' || n) AS checksum, 'B-' || lpad(n::text, 6, '0') AS batch_number,
       repeat(md5(n::text), 4) AS raw, now() - n * interval '1 minute' AS read_at
FROM generate_series(1, 60000) n;
REVOKE ALL ON experiment_import_old FROM anon, authenticated, service_role;

-- Every fifth molecule was written anew, and autovacuum is switched off for the table.
UPDATE molecules SET updated_at = now() WHERE pubchem_cid % 5 = 0;

COMMIT;
