-- expects: watch lab.parts.mixture_id | 97% match, 3 not
-- expects: info lab.results.batch_id | all 5 match
-- expects: info lab.planned.property_id | by its name, no rows yet
-- expects: watch lab.predictions.created_by | 95% match, 1 not
-- expects: info lab.copies."sourceMixtureId" | all 2 match
-- expects: info lab.tree.parent_id | all 1 match
-- expects: watch lab."O'dd %s ""t".mixture_id | 66% match, 1 not
CREATE SCHEMA lab;
CREATE TABLE lab.mixtures (id int PRIMARY KEY);
INSERT INTO lab.mixtures SELECT generate_series(1, 100);
CREATE TABLE lab.batches (id int PRIMARY KEY);
INSERT INTO lab.batches SELECT generate_series(1, 5);
CREATE TABLE lab.properties (id uuid PRIMARY KEY);
CREATE TABLE lab.user_profile (id uuid PRIMARY KEY);
INSERT INTO lab.user_profile SELECT md5(n::text)::uuid FROM generate_series(1, 50) AS n;
CREATE TABLE lab.parts (id int PRIMARY KEY, mixture_id int);
INSERT INTO lab.parts SELECT n, n FROM generate_series(1, 103) AS n;
INSERT INTO lab.parts SELECT 1000 + n, NULL FROM generate_series(1, 100) AS n;
CREATE TABLE lab.results (id int PRIMARY KEY, batch_id bigint);
INSERT INTO lab.results SELECT n, n FROM generate_series(1, 5) AS n;
CREATE TABLE lab.planned (id int PRIMARY KEY, property_id uuid);
CREATE TABLE lab.predictions (id int PRIMARY KEY, created_by uuid NOT NULL);
INSERT INTO lab.predictions SELECT n, md5(CASE n WHEN 20 THEN 'nobody' ELSE n::text END)::uuid FROM generate_series(1, 20) AS n;
CREATE TABLE lab.copies (id int PRIMARY KEY, "sourceMixtureId" int);
INSERT INTO lab.copies VALUES (1, 1), (2, 2);
CREATE TABLE lab.tree (id int PRIMARY KEY, parent_id int);
INSERT INTO lab.tree VALUES (1, NULL), (2, 1);
CREATE TABLE lab."O'dd %s ""t" (id int PRIMARY KEY, "mixture_id" int);
INSERT INTO lab."O'dd %s ""t" VALUES (1, 1), (2, 2), (3, 300);
-- good: declared, of another type, polymorphic, somebody else's numbers, a table that has no such name, a key itself
CREATE TABLE lab.declared (id int PRIMARY KEY, mixture_id int REFERENCES lab.mixtures);
CREATE TABLE lab.texts (id int PRIMARY KEY, mixture_id text);
INSERT INTO lab.texts VALUES (1, '1');
CREATE TABLE lab.notes (id int PRIMARY KEY, mixture_id int, mixture_type text);
INSERT INTO lab.notes VALUES (1, 1, 'x');
CREATE TABLE lab.foreign_numbers (id int PRIMARY KEY, batch_id int);
INSERT INTO lab.foreign_numbers SELECT n, 100000 + n FROM generate_series(1, 20) AS n;
CREATE TABLE lab.orders (id int PRIMARY KEY, stripe_id int);
INSERT INTO lab.orders VALUES (1, 1);
CREATE TABLE lab.gadgets (gadget_id int PRIMARY KEY);
INSERT INTO lab.gadgets VALUES (1);
