-- expects: info lab.orders | key, customer_id, "ownerId"
-- expects: info lab.parts | id
-- expects: info lab.made | id
CREATE SCHEMA lab;
CREATE TABLE lab.orders (key varchar(36) PRIMARY KEY, customer_id char(32), "ownerId" varchar(38), hash char(32), note varchar(36));
INSERT INTO lab.orders VALUES ('3b0b1a64-1f0e-4f7a-9f4e-0a7a4f8f0d11', '3b0b1a641f0e4f7a9f4e0a7a4f8f0d11', NULL, 'x', 'free text');
CREATE TABLE lab.parts (id varchar(36) PRIMARY KEY);
CREATE TABLE lab.pieces (part varchar(36) REFERENCES lab.parts);
CREATE TABLE lab.made (id varchar(36) PRIMARY KEY DEFAULT gen_random_uuid()::text);
-- good
CREATE TABLE lab.good (id uuid PRIMARY KEY, other_id varchar(20), paid varchar(36), word text);
