-- expects: watch pg_stat_statements | not created here
CREATE TABLE public.lab (a int);
