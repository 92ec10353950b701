-- expects: bad authenticator | may create roles
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE service_role BYPASSRLS;
CREATE ROLE "Mixed ""Case" CREATEDB;
CREATE ROLE authenticator LOGIN INHERIT CREATEROLE;
GRANT anon, authenticated, "Mixed ""Case" TO authenticator;
-- good: the service's role is one of those that requests ask for
GRANT service_role TO authenticator;
