-- expects: bad "Lab ""md5" | MD5 hash, may log in
-- expects: info lab_group | MD5 hash, no LOGIN
CREATE ROLE "Lab ""md5" LOGIN PASSWORD 'md5e8a48653851e28c69d0506508fb27fc5';
CREATE ROLE lab_group PASSWORD 'md5e8a48653851e28c69d0506508fb27fc5';
SET LOCAL password_encryption = 'scram-sha-256';
CREATE ROLE lab_scram LOGIN PASSWORD 'a long one';
CREATE ROLE lab_none LOGIN;
