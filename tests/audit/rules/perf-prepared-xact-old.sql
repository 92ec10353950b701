-- runs: outside
-- limits: minutes=0
-- expects: watch 'it''s ""half" done'
CREATE TABLE kept (id int PRIMARY KEY);
BEGIN;
INSERT INTO kept VALUES (1);
PREPARE TRANSACTION 'it''s ""half" done';
-- good: the other one has its second phase
BEGIN;
INSERT INTO kept VALUES (2);
PREPARE TRANSACTION 'done';
COMMIT PREPARED 'done';
