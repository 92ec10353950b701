-- expects: info audited | counting for 0 h
-- expects: info pg_stat_statements | counting for 0 h
CREATE EXTENSION pg_stat_statements;
