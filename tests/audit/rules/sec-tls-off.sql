-- expects: bad ssl | listens on 203.0.113.1
-- badly: listen_addresses = 127.0.0.1, 203.0.113.1
-- badly: ssl = off
SELECT 1;
