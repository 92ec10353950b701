-- expects: info pg_trgm
-- expects: info "uuid-ossp"
CREATE EXTENSION pg_trgm SCHEMA public;
CREATE EXTENSION "uuid-ossp" SCHEMA public;
-- good: in a schema of its own
CREATE SCHEMA lab;
CREATE EXTENSION hstore SCHEMA lab;
