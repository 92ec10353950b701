-- title: Disk full before long
-- severity: watch
-- group: capacity
-- kind: server
-- about: At the rate at which the rows of this database grew since its counters began, at least 7 days ago, the disk is full in
--   30 days (bad: 7). Rows inserted less rows deleted, times the size of a row with its indexes, never more than the table has
--   now. The size of the disk is the limit disk_gb; without it, and with younger counters, the rule cannot check.
-- why: A disk that fills stops the server. What grows is known weeks before.
-- evidence: {left} days, {rate:size} a day
-- detail: In {days} days {growth:size} more, of {used:size} used now; grows most: {growers}. Other databases, WAL and other files
--   on the disk are not counted. Drop or move old rows by partitions, or enlarge the disk.
-- lock: ACCESS EXCLUSIVE for a moment where a partition is dropped
-- cost: K2
-- certainty: estimated
-- needs: primary setting:track_counts
-- parameters: disk_gb=0.0 watch=30.0 bad=7.0 days=7.0
-- references: https://www.postgresql.org/docs/current/diskusage.html; pghero space_growth
WITH known AS MATERIALIZED (
    -- a crash loses all counters and begins all of their dates anew
    SELECT greatest(extract(epoch FROM clock_timestamp()
                            - greatest(pg_stat_get_db_stat_reset_time(d.oid),
                                       least(pg_stat_get_bgwriter_stat_reset_time(), a.stats_reset, w.stats_reset)))::float8,
                    1) / 86400 AS days, 'data directory' AS object
    FROM pg_catalog.pg_database AS d, pg_stat_get_archiver() AS a, pg_stat_get_wal() AS w
    WHERE d.datname = current_database()
), indexed AS (
    SELECT x.indrelid, sum(i.relpages) AS pages
    FROM pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
    WHERE x.indexrelid >= 16384 GROUP BY x.indrelid
), grown AS (
    SELECT t.oid, t.relname, t.relnamespace,
           (pg_stat_get_tuples_inserted(t.oid) - pg_stat_get_tuples_deleted(t.oid))::float8 AS more,
           greatest(pg_stat_get_live_tuples(t.oid), t.reltuples, 1)::float8 AS rows,
           (t.relpages + coalesce(o.relpages, 0) + coalesce(x.pages, 0)) * current_setting('block_size')::float8 AS bytes
    FROM pg_catalog.pg_class AS t
    LEFT JOIN pg_catalog.pg_class AS o ON o.oid = t.reltoastrelid
    LEFT JOIN indexed AS x ON x.indrelid = t.oid
    WHERE t.relkind IN ('r', 'm') AND t.relpersistence <> 't' AND t.oid >= 16384
      AND $1::float8 > 0 AND pg_stat_get_tuples_inserted(t.oid) > pg_stat_get_tuples_deleted(t.oid)
), table_growth AS (
    -- a table that is loaded and truncated again cannot have grown by more than it is
    SELECT format('%I.%I', n.nspname, g.relname) AS name, least(g.more / g.rows, 1) * g.bytes AS bytes
    FROM grown AS g JOIN pg_catalog.pg_namespace AS n ON n.oid = g.relnamespace
), growth AS MATERIALIZED (
    SELECT sum(t.bytes) AS bytes,
           (SELECT string_agg(m.name, ', ' ORDER BY m.bytes DESC, m.name)
            FROM (SELECT u.name, u.bytes FROM table_growth AS u ORDER BY u.bytes DESC, u.name LIMIT 3) AS m) AS growers
    FROM table_growth AS t WHERE t.bytes > 0
)
SELECT k.object, NULL::text AS question, NULL::float8 AS rate, NULL::float8 AS growth, NULL::text AS growers, NULL::text AS days,
       CASE WHEN $1::float8 <= 0
            THEN 'the size of the disk is not seen by SQL; --limit cap-growth-forecast.disk_gb=SIZE tells it'
            ELSE format('the counters began less than %s days ago, too short for a forecast', $4::float8) END AS unknown,
       CASE WHEN $1::float8 <= 0 THEN 'setting' ELSE 'unmeasured' END AS unknown_kind
FROM known AS k
WHERE $1::float8 <= 0 OR k.days < $4::float8
UNION ALL
SELECT k.object,
       format($body$
           SELECT s.used, floor(greatest(%1$s::float8 * 1073741824 - s.used, 0) / %2$s)::bigint AS left,
                  CASE WHEN greatest(%1$s::float8 * 1073741824 - s.used, 0) / %2$s <= %4$s THEN 'bad' END AS severity
           FROM (SELECT pg_tablespace_size('pg_default') AS used) AS s
           WHERE greatest(%1$s::float8 * 1073741824 - s.used, 0) / %2$s <= %3$s
           $body$, $1::float8, g.bytes / k.days, $2::float8, $3::float8),
       g.bytes / k.days, g.bytes, g.growers, round(k.days::numeric, 1)::text, NULL, NULL
FROM known AS k CROSS JOIN growth AS g
WHERE $1::float8 > 0 AND k.days >= $4::float8 AND g.bytes > 0
