-- expects: bad full_page_writes | off: torn pages stay torn
-- badly: full_page_writes = off
-- well: full_page_writes = on
CREATE TABLE public.kept (a int PRIMARY KEY);
