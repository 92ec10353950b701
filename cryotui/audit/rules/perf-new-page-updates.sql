-- title: Updates leave their page
-- severity: info
-- group: performance
-- kind: table
-- about: A table with 10,000 updates or more since the counters began, of which a fifth or more put the new row on another page.
-- why: Such an update cannot be heap-only: it writes an entry into every index, and the old page stays half empty.
-- evidence: {share:percent} of {updates:count}
-- detail: fillfactor is {fillfactor}. A lower one keeps room in each page: ALTER TABLE {object} SET (fillfactor = 90). It counts for
--   pages written from then on. Rows that grow, or old transactions that keep dead rows, look the same: see those first.
-- lock: SHARE UPDATE EXCLUSIVE for a moment
-- since: 16
-- cost: K2
-- needs: primary setting:track_counts
-- parameters: updates=10000 share=0.2
-- references: https://www.postgresql.org/docs/current/storage-hot.html; pg-extras new_page_updates
SELECT format('%I.%I', s.schemaname, s.relname) AS object, s.relid::bigint AS oid, s.schemaname::text AS schema, s.relname::text AS "table",
       s.n_tup_upd AS updates, s.n_tup_newpage_upd::float8 / s.n_tup_upd AS share,
       coalesce((SELECT split_part(o, '=', 2) FROM unnest(c.reloptions) AS o WHERE o LIKE 'fillfactor=%'), '100') AS fillfactor
FROM pg_catalog.pg_stat_user_tables AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.relid AND c.relpersistence <> 't'
WHERE s.n_tup_upd >= greatest($1::float8, 1) AND s.n_tup_newpage_upd >= $2::float8 * s.n_tup_upd
ORDER BY 1
