-- expects: watch lab.wide | 1.30k of 1,600 slots
-- expects: bad lab."Mixed ""Case" | 1.55k of 1,600 slots
CREATE SCHEMA lab;
DO $$
BEGIN
    EXECUTE format('CREATE TABLE lab.wide (%s)', (SELECT string_agg(format('c%s int', n), ', ') FROM generate_series(1, 1300) AS n));
    EXECUTE format('CREATE TABLE lab."Mixed ""Case" (%s)',
                   (SELECT string_agg(format('c%s int', n), ', ') FROM generate_series(1, 1550) AS n));
    -- a dropped column keeps its slot
    EXECUTE 'ALTER TABLE lab."Mixed ""Case" DROP COLUMN c7';
    EXECUTE format('CREATE TABLE lab.good (%s)', (SELECT string_agg(format('c%s int', n), ', ') FROM generate_series(1, 1200) AS n));
END $$;
