-- 120,000 molecules and some of their other names. TRUNCATE first: what is loaded in the transaction that made the file
-- needs no write-ahead log while wal_level is minimal.

BEGIN;
SET LOCAL ROLE lab_owner;
SELECT setseed(0.42);

TRUNCATE molecules;
INSERT INTO molecules (id, name, smiles, inchikey, formula, molecular_weight, pubchem_cid, is_public, created_by,
                       created_at, updated_at)
SELECT md5('molecule' || n)::uuid,
       (ARRAY['Glycerol', 'Dimethyl sulfoxide', 'Ethylene glycol', 'Propylene glycol', 'Trehalose', 'Sucrose',
              'Formamide', 'Proline', 'Betaine', 'Mannitol', 'Raffinose', 'Ectoine'])[1 + n % 12] || ' derivative ' || n,
       fragment[1 + floor(random() * 10)::int] || fragment[1 + floor(random() * 10)::int] || 'C'
           || fragment[1 + floor(random() * 10)::int] || fragment[1 + floor(random() * 10)::int] || 'O',
       substr(letters, 1, 14) || '-' || substr(letters, 15, 10) || '-N',
       'C' || 1 + n % 30 || 'H' || 2 + n % 60 || 'O' || 1 + n % 9,
       round((46 + random() * 540)::numeric, 3), 1000 + n, n % 10 <> 0, md5('user' || 1 + n % 2000)::uuid,
       now() - random() * interval '700 days', now() - random() * interval '60 days'
FROM generate_series(1, 120000) n,
     LATERAL (SELECT upper(translate(md5('molecule' || n), '0123456789', 'ghijklmnop')) AS letters) AS key,
     (SELECT ARRAY['C', 'CC', 'C(O)', 'C(=O)', 'CN', 'C(N)', 'S(=O)', 'c1ccccc1', 'C1CCOC1', 'C(F)'] AS fragment) AS parts;

TRUNCATE molecule_synonyms;
INSERT INTO molecule_synonyms (molecule_id, synonym)
SELECT md5('molecule' || n * 4)::uuid, 'CPA-' || n FROM generate_series(1, 25000) n;

COMMIT;
