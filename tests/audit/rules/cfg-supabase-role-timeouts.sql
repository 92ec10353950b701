-- limits: anon=3 authenticated=8 lock=8
-- expects: watch statement_timeout of anon | not set
-- expects: info statement_timeout of authenticated | 2min, usual 8 s
-- expects: watch lock_timeout of authenticator | no limit
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE service_role;
CREATE ROLE authenticator LOGIN NOINHERIT;
ALTER ROLE authenticated SET statement_timeout = '2min';
ALTER ROLE authenticator SET lock_timeout = 0;
-- good: roles of the API that are none of these
ALTER ROLE service_role SET statement_timeout = 0;
ALTER ROLE authenticator SET statement_timeout = '8s';
