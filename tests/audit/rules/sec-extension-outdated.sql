-- expects: watch hstore | 1.4 installed, 1.8 here
CREATE EXTENSION hstore VERSION '1.4';
CREATE EXTENSION pg_trgm;
-- ahead of the default is not behind it
CREATE EXTENSION citext;
SET LOCAL allow_system_table_mods = on;
UPDATE pg_catalog.pg_extension SET extversion = '1.10' WHERE extname = 'citext';
