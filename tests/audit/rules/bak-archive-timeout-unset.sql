-- limits: seconds=0
-- expects: watch archive_timeout
-- badly: archive_mode = on
-- badly: archive_command = cp %p /dev/null
-- badly: archive_timeout = 0
-- well: archive_timeout = 300
CREATE TABLE public.kept (a int PRIMARY KEY);
