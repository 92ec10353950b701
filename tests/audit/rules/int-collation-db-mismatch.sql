-- lacks: version
-- expects: bad audited | 1.0 then, none now
CREATE SCHEMA lab;
CREATE TABLE lab.words (id int PRIMARY KEY, word text, code text COLLATE "C");
CREATE INDEX words_idx ON lab.words (word);
CREATE INDEX "Mixed ""Case" ON lab.words (lower(word));
CREATE INDEX code_idx ON lab.words (code);
-- before 15 no version is recorded
DO $$ BEGIN
    IF current_setting('server_version_num')::int >= 150000 THEN
        UPDATE pg_database SET datcollversion = '1.0' WHERE datname = current_database();
    END IF;
END $$;
