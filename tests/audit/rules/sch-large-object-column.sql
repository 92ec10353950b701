-- expects: info lab.pictures | content, "Odd ""Name"
CREATE SCHEMA lab;
CREATE DOMAIN lab.lo AS oid;
CREATE TABLE lab.pictures (id int PRIMARY KEY, content oid, "Odd ""Name" lab.lo);
-- good
CREATE TABLE lab.good (content bytea, place regclass);
