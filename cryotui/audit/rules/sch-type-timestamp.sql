-- title: Time without time zone
-- severity: info
-- group: schema
-- kind: columns
-- about: Columns of the type timestamp without time zone, or time with time zone, also through a domain.
-- why: The value says nothing about the zone it was written in: clients in two zones write different moments for the same
--   one, and the hour of a clock change comes twice.
-- detail: {columns}. {advice}
-- lock: ACCESS EXCLUSIVE on the table while it is rewritten
-- references: https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_timestamp_.28without_time_zone.29;
--   pg-index-health COLUMNS_WITH_TIMESTAMP_OR_TIMETZ_TYPE
WITH RECURSIVE bare AS (
    SELECT t.oid, t.oid AS base, 'b'::"char" AS typtype, -1 AS modifier FROM pg_catalog.pg_type AS t
    WHERE t.oid IN ('pg_catalog.timestamp'::regtype, 'pg_catalog.timetz'::regtype)
    UNION ALL
    SELECT d.oid, b.base, d.typtype, d.typtypmod FROM pg_catalog.pg_type AS d JOIN bare AS b ON d.typbasetype = b.oid AND d.typtype = 'd'
), found AS (
    SELECT t.oid, t.relname, n.nspname, format('%I.%I', n.nspname, t.relname) AS object,
           string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns,
           string_agg(format('ALTER COLUMN %I TYPE timestamptz%s USING %I AT TIME ZONE %L', a.attname,
                             CASE WHEN a.atttypmod >= 0 THEN format('(%s)', a.atttypmod) END, a.attname, 'UTC'), ', ' ORDER BY a.attnum)
               FILTER (WHERE b.base = 'pg_catalog.timestamp'::regtype AND b.typtype = 'b' AND NOT key.held) AS there,
           string_agg(format('ALTER COLUMN %I TYPE timestamp%s USING %I AT TIME ZONE %L', a.attname,
                             CASE WHEN a.atttypmod >= 0 THEN format('(%s)', a.atttypmod) END, a.attname, 'UTC'), ', ' ORDER BY a.attnum)
               FILTER (WHERE b.base = 'pg_catalog.timestamp'::regtype AND b.typtype = 'b' AND NOT key.held) AS back,
           bool_and(b.base = 'pg_catalog.timestamp'::regtype AND b.typtype = 'b' AND NOT key.held) AS all_of_them
    FROM bare AS b
    JOIN pg_catalog.pg_attribute AS a ON a.atttypid = b.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attinhcount = 0
    JOIN pg_catalog.pg_class AS t ON t.oid = a.attrelid AND t.relkind IN ('r', 'p') AND NOT t.relispartition
                                 AND t.relpersistence <> 't' AND t.oid >= 16384
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    CROSS JOIN LATERAL (
        SELECT a.attgenerated <> '' OR EXISTS (SELECT FROM pg_catalog.pg_partitioned_table AS p
                                               WHERE p.partrelid = t.oid AND (a.attnum = ANY (p.partattrs::int2[]) OR 0 = ANY (p.partattrs::int2[])))
    ) AS key (held)
    GROUP BY t.oid, t.relname, n.nspname
)
SELECT f.object, f.oid::bigint AS oid, f.nspname::text AS schema, f.relname::text AS "table", f.columns, f.columns AS evidence,
       CASE WHEN f.there IS NULL THEN 'A domain, a generated or partitioning column, or timetz: it is changed by hand.'
            ELSE 'The fix takes the values for UTC: name the zone they were written in. Leave local times, such as opening hours.'
                 || CASE WHEN f.all_of_them THEN '' ELSE ' Domains, generated and partitioning columns and timetz stay as they are.' END
       END AS advice,
       CASE WHEN f.there IS NOT NULL THEN format('ALTER TABLE %s %s;', f.object, f.there) END AS fix,
       CASE WHEN f.there IS NOT NULL THEN format('ALTER TABLE %s %s;', f.object, f.back) END AS undo
FROM found AS f
ORDER BY 1
