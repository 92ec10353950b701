-- runs: outside
-- limits: share=1.01 pages=1
-- expects: info shared_buffers
SELECT count(*) FROM pg_catalog.pg_class;
