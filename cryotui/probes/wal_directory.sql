-- title: WAL directory
-- about: The size of pg_wal in bytes and the number of its files, as the file system lists them.
-- key: name
-- units: size=bytes
-- needs: role:pg_monitor
-- every: 60
-- timeout: 5
SELECT 'pg_wal' AS name, sum(size)::bigint AS size, count(*) AS files FROM pg_ls_waldir();
