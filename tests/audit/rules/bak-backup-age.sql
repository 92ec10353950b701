-- without a label, and with a young one: test_archive_rules.py
-- limits: watch=0 bad=0
-- expects: bad server
-- badly: archive_mode = on
-- badly: archive_command = cp %p /dev/null
CREATE TABLE public.kept (a int PRIMARY KEY);
DO $$
BEGIN
    IF current_setting('server_version_num')::int >= 150000 THEN
        EXECUTE 'SELECT pg_backup_start(''lab'', true)';
        EXECUTE 'SELECT pg_backup_stop(false)';
    ELSE
        EXECUTE 'SELECT pg_start_backup(''lab'', true, false)';
        EXECUTE 'SELECT pg_stop_backup(false, false)';
    END IF;
END
$$;
