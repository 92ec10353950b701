-- more commands: test_archive_rules.py
-- expects: bad archive_command | throws all WAL away
-- badly: archive_mode = on
-- badly: archive_command = cp %p /dev/null
-- well: archive_mode = on
-- well: archive_command = cp %p archived_%f && sync archived_%f
SELECT 1;
