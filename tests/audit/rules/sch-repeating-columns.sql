-- expects: info lab.people | phone_1 to phone_3
-- expects: info lab."Mixed ""Case" | "Tag""0" to "Tag""1"
CREATE SCHEMA lab;
CREATE TABLE lab.people (id int, phone_1 text, phone_2 text, phone_3 text);
CREATE TABLE lab."Mixed ""Case" ("Tag""0" int, "Tag""1" int, other int);
-- good: one alone, a gap, two types, a beginning elsewhere, digits alone
CREATE TABLE lab.good (sha256 text, md5 text, a1 int, a3 int, b1 int, b2 text, year_2024 int, year_2025 int, "1" int, "2" int);
