-- expects: bad zero_damaged_pages | on: damaged pages are emptied
-- expects: bad ignore_checksum_failure | on: damage is read as data
-- expects: bad zero_damaged_pages of database {database} | on: damaged pages are emptied
-- expects: bad ignore_checksum_failure of role "Salvage ""Role" | on: damage is read as data
-- badly: zero_damaged_pages = on
-- badly: ignore_checksum_failure = on
-- well: zero_damaged_pages = off
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET zero_damaged_pages = on', current_database());
END
$$;
CREATE ROLE "Salvage ""Role";
ALTER ROLE "Salvage ""Role" SET ignore_checksum_failure = on;
-- good: said to be off
CREATE ROLE lab_careful;
ALTER ROLE lab_careful SET zero_damaged_pages = off;
