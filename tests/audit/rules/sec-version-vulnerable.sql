-- expects: bad server | 15.18, newest known 15.20
-- limits: version=150018
CREATE TABLE public.lab (a int);
