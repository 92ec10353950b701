-- title: Published without identity
-- severity: bad
-- group: integrity
-- kind: table
-- about: A table in a publication of UPDATE or DELETE that has no replica identity: the default without a primary key that
--   serves, NOTHING, or an index that is gone. Watch while no UPDATE or DELETE was counted there.
-- why: Every UPDATE and DELETE of the table fails with an error on this server, from the moment it was published.
-- detail: Published by {publications}. {advice}
-- shape: ALTER TABLE {table} REPLICA IDENTITY {identity};
-- lock: ACCESS EXCLUSIVE for a moment
-- cost: K2
-- references: https://www.postgresql.org/docs/current/logical-replication-publication.html;
--   https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY
WITH RECURSIVE listed AS (
    SELECT v.schemaname, v.tablename, p.pubname
    FROM pg_catalog.pg_publication AS p
    JOIN pg_catalog.pg_publication_tables AS v ON v.pubname = p.pubname
    WHERE p.pubupdate OR p.pubdelete
), published AS (
    SELECT t.oid, t.relkind, l.pubname
    FROM listed AS l
    JOIN pg_catalog.pg_namespace AS n ON n.nspname = l.schemaname
    JOIN pg_catalog.pg_class AS t ON t.relnamespace = n.oid AND t.relname = l.tablename
    UNION
    -- what counts is the identity of the partition that holds the row
    SELECT t.oid, t.relkind, p.pubname
    FROM published AS p
    JOIN pg_catalog.pg_inherits AS h ON h.inhparent = p.oid
    JOIN pg_catalog.pg_class AS t ON t.oid = h.inhrelid
    WHERE p.relkind = 'p'
), bare AS (
    SELECT t.oid, t.relname, t.relreplident, n.nspname, format('%I.%I', n.nspname, t.relname) AS object, p.publications
    FROM (SELECT oid, string_agg(quote_ident(pubname), ', ' ORDER BY pubname) AS publications FROM published
          WHERE relkind = 'r' GROUP BY oid) AS p
    JOIN pg_catalog.pg_class AS t ON t.oid = p.oid AND t.relpersistence = 'p' AND t.oid >= 16384
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE t.relreplident = 'n'
       OR (t.relreplident IN ('d', 'i') AND NOT EXISTS (
               SELECT FROM pg_catalog.pg_index AS x
               WHERE x.indrelid = t.oid AND x.indisvalid AND x.indimmediate AND x.indisunique
                 AND CASE t.relreplident WHEN 'd' THEN x.indisprimary ELSE x.indisreplident END))
), serving AS (
    -- whole, immediate, unique, over columns that are never null
    SELECT DISTINCT ON (b.oid) b.oid, i.relname AS index, x.indisprimary
    FROM bare AS b
    JOIN pg_catalog.pg_index AS x ON x.indrelid = b.oid AND x.indisvalid AND x.indimmediate AND x.indisunique
                                 AND x.indpred IS NULL AND x.indexprs IS NULL
    JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
    WHERE NOT EXISTS (SELECT FROM unnest((x.indkey::int2[])[0:x.indnkeyatts - 1]) AS k (attnum)
                      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = b.oid AND a.attnum = k.attnum
                      WHERE NOT a.attnotnull)
    ORDER BY b.oid, x.indisprimary DESC, x.indnkeyatts, i.relname
), counted AS (
    SELECT b.*, s.index, s.indisprimary, pg_stat_get_tuples_updated(b.oid) + pg_stat_get_tuples_deleted(b.oid) AS changes
    FROM bare AS b LEFT JOIN serving AS s ON s.oid = b.oid
)
SELECT c.object, c.oid::bigint AS oid, c.nspname::text AS schema, c.relname::text AS "table", c.publications, c.changes,
       CASE WHEN c.changes = 0 THEN 'watch' END AS severity,
       CASE c.relreplident WHEN 'n' THEN 'UPDATE fails: identity nothing'
                           WHEN 'i' THEN 'UPDATE fails: index is gone'
                           ELSE 'UPDATE fails: no primary key' END AS evidence,
       CASE WHEN c.index IS NOT NULL THEN format('The fix takes the index %I, which names every row already.', c.index)
            ELSE 'The fix sends whole rows, which works at once and costs WAL; a primary key is better where changes are many.' END
       || CASE WHEN c.changes = 0 THEN ' None was counted so far; those that fail are not counted.' ELSE '' END AS advice,
       format('ALTER TABLE %s REPLICA IDENTITY %s;', c.object,
              CASE WHEN c.indisprimary THEN 'DEFAULT' WHEN c.index IS NOT NULL THEN format('USING INDEX %I', c.index) ELSE 'FULL' END) AS fix,
       CASE c.relreplident WHEN 'd' THEN format('ALTER TABLE %s REPLICA IDENTITY DEFAULT;', c.object)
                           WHEN 'n' THEN format('ALTER TABLE %s REPLICA IDENTITY NOTHING;', c.object) END AS undo
FROM counted AS c
ORDER BY 1
