-- expects: bad lab.never_checked.parent_id | 3 lack a parent
-- expects: bad lab.switched_off.parent_id | 1 lack a parent
-- expects: bad lab.loaded.parent_id | 2 lack a parent
-- expects: bad lab.composite(tenant, item) | 1 lack an item
-- expects: bad lab."full"(tenant, item) | 1 lack an item
-- expects: bad lab."Odd ""table"."odd, column" | 1 lack a parent
CREATE SCHEMA lab;
CREATE TABLE lab.parents (id int PRIMARY KEY);
INSERT INTO lab.parents SELECT generate_series(1, 10);
CREATE TABLE lab.items (tenant int, item int, PRIMARY KEY (tenant, item));
INSERT INTO lab.items VALUES (1, 1);
CREATE TABLE lab.never_checked (parent_id int);
INSERT INTO lab.never_checked VALUES (1), (2), (NULL), (97), (98), (99);
ALTER TABLE lab.never_checked ADD FOREIGN KEY (parent_id) REFERENCES lab.parents NOT VALID;
CREATE TABLE lab.switched_off (parent_id int NOT NULL REFERENCES lab.parents);
ALTER TABLE lab.switched_off DISABLE TRIGGER ALL;
INSERT INTO lab.switched_off VALUES (1), (50);
-- valid for the catalogs, broken by a load with triggers off
CREATE TABLE lab.loaded (parent_id int REFERENCES lab.parents);
SET LOCAL session_replication_role = replica;
INSERT INTO lab.loaded VALUES (1), (60), (61);
SET LOCAL session_replication_role = origin;
-- MATCH SIMPLE: a null frees the row; MATCH FULL: half a reference is none
CREATE TABLE lab.composite (tenant int, item int);
INSERT INTO lab.composite VALUES (1, 1), (1, NULL), (NULL, NULL), (1, 2);
ALTER TABLE lab.composite ADD FOREIGN KEY (tenant, item) REFERENCES lab.items NOT VALID;
CREATE TABLE lab."full" (tenant int, item int);
INSERT INTO lab."full" VALUES (1, 1), (1, NULL), (NULL, NULL);
ALTER TABLE lab."full" ADD FOREIGN KEY (tenant, item) REFERENCES lab.items MATCH FULL NOT VALID;
CREATE TABLE lab."Odd ""table" ("odd, column" int);
INSERT INTO lab."Odd ""table" VALUES (77);
ALTER TABLE lab."Odd ""table" ADD FOREIGN KEY ("odd, column") REFERENCES lab.parents NOT VALID;
-- good: never checked, yet whole
CREATE TABLE lab.whole (parent_id bigint);
INSERT INTO lab.whole VALUES (1), (10), (NULL);
ALTER TABLE lab.whole ADD FOREIGN KEY (parent_id) REFERENCES lab.parents NOT VALID;
CREATE TABLE lab.good (parent_id int REFERENCES lab.parents);
INSERT INTO lab.good VALUES (1), (NULL);
