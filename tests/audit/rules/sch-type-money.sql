-- expects: info lab.bills | amount, "Odd ""Name"
-- expects: info lab.reckoned | amount, doubled
CREATE SCHEMA lab;
CREATE TABLE lab.bills (id int PRIMARY KEY, amount money NOT NULL DEFAULT 0, "Odd ""Name" money);
INSERT INTO lab.bills VALUES (1, 12.34, NULL);
CREATE TABLE lab.reckoned (amount money, doubled money GENERATED ALWAYS AS (amount * 2) STORED);
-- good
CREATE TABLE lab.good (amount numeric(12, 2), currency text);
