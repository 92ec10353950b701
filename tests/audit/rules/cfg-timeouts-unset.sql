-- expects: watch idle_in_transaction_session_timeout
-- expects: watch statement_timeout
-- expects: info lock_timeout
-- well: statement_timeout = 1h
-- well: lock_timeout = 1min
-- well: idle_in_transaction_session_timeout = 10min
CREATE TABLE lab (a int);
CREATE ROLE lab_open LOGIN;
CREATE ROLE "Lab ""half" LOGIN;
ALTER ROLE "Lab ""half" SET idle_in_transaction_session_timeout = '5min';
CREATE ROLE lab_decided LOGIN;
ALTER ROLE lab_decided SET statement_timeout = '0';
ALTER ROLE lab_decided SET lock_timeout = '5s';
ALTER ROLE lab_decided SET idle_in_transaction_session_timeout = '5min';
CREATE ROLE lab_group;
