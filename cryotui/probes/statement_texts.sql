-- title: Statement texts
-- about: The normalised texts of some statements, at most 100,000 characters each; length tells how long the text is.
--   Statements of several databases that differ in names only share an identifier: the text of this database is preferred.
--   Reading them reads the whole text file of the server, so all that are wanted are asked for at once. The server converts
--   the texts of all databases to the encoding of the one it is asked in, all or none. In a database of SQL_ASCII they come
--   as they are, here those of LATIN1 as UTF8.
-- key: query_id
-- needs: extension:pg_stat_statements role:pg_read_all_stats
-- calls: pg_stat_statements
-- anywhere: pg_stat_statements keeps the statements of all databases
-- parameters: query_ids:bigint[]
-- every: 2
SELECT DISTINCT ON (s.queryid) s.queryid AS query_id,
       CASE WHEN getdatabaseencoding() = 'SQL_ASCII' AND d.encoding = pg_char_to_encoding('LATIN1')
            THEN convert_from(convert(convert_to(left(s.query, 100000), 'SQL_ASCII'), 'LATIN1', 'UTF8'), 'SQL_ASCII')
            ELSE left(s.query, 100000) END AS query,
       length(s.query) AS length, pg_encoding_to_char(d.encoding)::text AS encoding
FROM pg_stat_statements(showtext := true) AS s
LEFT JOIN pg_database AS d ON d.oid = s.dbid
WHERE s.queryid = ANY ($1::bigint[])
ORDER BY s.queryid, d.datname IS NOT DISTINCT FROM current_database() DESC, s.calls DESC;
