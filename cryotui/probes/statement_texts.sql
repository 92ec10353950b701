-- title: Statement texts
-- about: The normalised texts of some statements, at most 100,000 characters each; length tells how long the text is.
--   Reading them reads the whole text file of the server, so all that are wanted are asked for at once.
-- key: query_id
-- needs: extension:pg_stat_statements role:pg_read_all_stats
-- calls: pg_stat_statements
-- parameters: query_ids:bigint[]
-- every: 2
SELECT DISTINCT ON (queryid) queryid AS query_id, left(query, 100000) AS query, length(query) AS length
FROM pg_stat_statements(showtext := true)
WHERE queryid = ANY ($1::bigint[])
ORDER BY queryid, calls DESC;
