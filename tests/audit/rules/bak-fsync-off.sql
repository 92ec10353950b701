-- expects: bad fsync | off: a power cut ruins all
-- badly: fsync = off
-- well: fsync = on
CREATE TABLE public.kept (a int PRIMARY KEY);
