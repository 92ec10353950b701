-- expects: bad autovacuum | autovacuum = off
-- badly: autovacuum = off
-- well: autovacuum = on
SELECT 1;
