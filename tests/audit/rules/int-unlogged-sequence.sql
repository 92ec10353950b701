-- lacks: version
-- expects: watch lab.alone
-- expects: watch lab."Mixed ""Case"
CREATE SCHEMA lab;
CREATE TABLE lab.t (id int);
DO $$
BEGIN
    -- 14 has none
    IF current_setting('server_version_num')::int >= 150000 THEN
        CREATE UNLOGGED SEQUENCE lab.alone;
        CREATE UNLOGGED SEQUENCE lab."Mixed ""Case" OWNED BY lab.t.id;
    END IF;
END $$;
-- good: of an unlogged table, logged, temporary
CREATE UNLOGGED TABLE lab.cache (id serial);
CREATE SEQUENCE lab.kept;
CREATE TEMPORARY SEQUENCE passing;
