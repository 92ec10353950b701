-- expects: bad server | 14 ended 2026-11-12
-- limits: version=140023
CREATE TABLE public.lab (a int);
