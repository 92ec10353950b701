-- workers that run and that fail: test_replication_rules.py
-- expects: watch lab_off | switched off
-- expects: watch "Mixed ""Case" | switched off
CREATE SUBSCRIPTION lab_off CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);
CREATE SUBSCRIPTION "Mixed ""Case" CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);
