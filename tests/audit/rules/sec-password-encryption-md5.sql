-- expects: bad password_encryption | password_encryption = md5
-- expects: bad password_encryption of ROLE "Lab ""old" | password_encryption = md5
-- badly: password_encryption = md5
-- well: password_encryption = scram-sha-256
CREATE ROLE "Lab ""old";
ALTER ROLE "Lab ""old" SET password_encryption = md5;
CREATE ROLE lab_new;
ALTER ROLE lab_new SET password_encryption = 'scram-sha-256';
