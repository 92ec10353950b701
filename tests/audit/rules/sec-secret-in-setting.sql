-- expects: bad role lab_app: app.settings.service_key | JWT of service_role
-- expects: bad role lab_app in postgres: app.upstream | address with password
-- expects: bad role "Mixed ""Case": app.settings.jwt_secret | secret by its name
-- expects: info role lab_app: app.settings.anon_key | JWT of anon
-- expects: info role lab_app: app.old_key | expired JWT of service_role
CREATE ROLE lab_app;
CREATE ROLE "Mixed ""Case";
ALTER ROLE lab_app SET app.settings.service_key = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZSIsInJvbGUiOiJzZXJ2aWNlX3JvbGUiLCJleHAiOjQxMDI0NDQ4MDB9.c2lnbmF0dXJlLW9mLW5vdGhpbmc';
ALTER ROLE lab_app IN DATABASE postgres SET app.upstream = 'https://lab:hunter22@api.lab.test/v1';
ALTER ROLE "Mixed ""Case" SET app.settings.jwt_secret = 'q1w2e3r4t5y6u7i8o9p0-long-enough';
ALTER ROLE lab_app SET app.settings.anon_key = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZSIsInJvbGUiOiJhbm9uIiwiZXhwIjo0MTAyNDQ0ODAwfQ.c2lnbmF0dXJlLW9mLW5vdGhpbmc';
ALTER ROLE lab_app SET app.old_key = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZSIsInJvbGUiOiJzZXJ2aWNlX3JvbGUiLCJleHAiOjEwMDAwMDAwMDB9.c2lnbmF0dXJlLW9mLW5vdGhpbmc';
-- good: no secrets, though their names come near; a real setting; a name of a secret that is kept elsewhere
ALTER ROLE lab_app SET app.settings.jwt_secret_is_base64 = 'true';
ALTER ROLE lab_app SET app.token_lifetime = '3600 seconds';
ALTER ROLE lab_app SET app.settings.api_key = 'none';
ALTER ROLE lab_app SET password_encryption = 'scram-sha-256';
ALTER ROLE lab_app SET app.api_url = 'https://api.lab.test/v1';
ALTER ROLE lab_app SET search_path = 'lab, secret_token';
