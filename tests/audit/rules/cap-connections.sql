-- limits: watch=0 bad=2
-- expects: watch server
-- expects: watch role "Mixed ""Case" | 0 of 5 taken
CREATE ROLE "Mixed ""Case" LOGIN CONNECTION LIMIT 5;
-- good: without a limit, superusers, roles that cannot log in
CREATE ROLE unlimited LOGIN;
CREATE ROLE mighty LOGIN SUPERUSER CONNECTION LIMIT 5;
CREATE ROLE grouping NOLOGIN CONNECTION LIMIT 5;
