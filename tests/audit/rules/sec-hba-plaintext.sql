-- expects: bad hostnossl lab_plain all 198.51.100.0/24 scram-sha-256 | hostnossl takes plain text
-- hba: hostnossl lab_plain all 198.51.100.0/24 scram-sha-256
-- hba: hostnossl lab_plain all 127.0.0.0/8 scram-sha-256
-- hba: hostnossl lab_plain all 198.51.100.0/24 reject
-- badly: listen_addresses = 127.0.0.1, 203.0.113.1
-- badly: ssl = off
SELECT 1;
