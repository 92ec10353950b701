-- expects: watch "Mixed ""Case" | no session now
-- expects: watch lab_app | no session now
-- expects: info authenticator | no session now
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE service_role BYPASSRLS;
CREATE ROLE authenticator LOGIN NOINHERIT;
GRANT anon, authenticated, service_role TO authenticator;
CREATE ROLE "Mixed ""Case" LOGIN;
GRANT service_role TO "Mixed ""Case";
-- over two steps
CREATE ROLE lab_group;
GRANT service_role TO lab_group;
CREATE ROLE lab_app LOGIN;
GRANT lab_group TO lab_app;
-- good: without a login, without a way there, with an attribute of its own (another rule's)
CREATE ROLE lab_plain LOGIN;
GRANT authenticated TO lab_plain;
CREATE ROLE lab_own LOGIN BYPASSRLS;
