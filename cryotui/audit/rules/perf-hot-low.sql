-- title: Few heap-only updates
-- severity: info
-- group: performance
-- kind: table
-- about: A table with 10,000 updates or more since the counters began, of which less than 10% of those that found room on their page
--   were heap-only. Updates that find no room are judged by perf-new-page-updates.
-- why: An update that changes an indexed column writes an entry into every index of the table, not into that one alone, and vacuum
--   has to take all of them out again.
-- evidence: {share:percent} HOT of {updates:count}
-- detail: {same:count} updates stayed on their page, {hot:count} were heap-only. Some column of these is changed each time: {columns}.
--   Look which, as an updated_at, a status or a counter, and whether its index is used; without it these updates are heap-only.
-- lock: SHARE UPDATE EXCLUSIVE for DROP INDEX CONCURRENTLY; reads and writes go on
-- since: 16
-- cost: K2
-- needs: primary setting:track_counts
-- parameters: updates=10000 share=0.1
-- references: https://www.postgresql.org/docs/current/storage-hot.html; pg-extras low_hot_same_page
WITH updated AS MATERIALIZED (
    SELECT t.oid, t.relname, n.nspname, pg_stat_get_tuples_updated(t.oid) AS updates, pg_stat_get_tuples_hot_updated(t.oid) AS hot,
           pg_stat_get_tuples_updated(t.oid) - pg_stat_get_tuples_newpage_updated(t.oid) AS same
    FROM pg_catalog.pg_class AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE t.relkind = 'r' AND t.relpersistence <> 't' AND t.oid >= 16384 AND pg_stat_get_tuples_updated(t.oid) >= greatest($1::bigint, 1)
)
SELECT format('%I.%I', u.nspname, u.relname) AS object, u.oid::bigint AS oid, u.nspname::text AS schema, u.relname::text AS "table",
       u.updates, u.hot, u.same, u.hot / u.same::float8 AS share, coalesce(c.columns, 'none is indexed') AS columns
FROM updated AS u
CROSS JOIN LATERAL (
    -- a BRIN index does not hinder; the key is rarely changed
    SELECT string_agg(DISTINCT quote_ident(a.attname), ', ') AS columns
    FROM pg_catalog.pg_index AS x
    JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
    JOIN pg_catalog.pg_am AS m ON m.oid = i.relam AND m.amname <> 'brin'
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = ANY (x.indkey::int2[])
    WHERE x.indrelid = u.oid AND NOT x.indisprimary
) AS c
WHERE u.same >= 0.5 * u.updates AND u.hot < $2::float8 * u.same
ORDER BY 1
