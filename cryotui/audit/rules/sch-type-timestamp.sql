-- title: Time without time zone
-- severity: info
-- group: schema
-- kind: columns
-- about: Columns of the type timestamp without time zone, or time with time zone, also through a domain. Where more than 20 tables of a
--   schema have one, they are one finding.
-- why: The value says nothing about the zone it was written in: clients in two zones write different moments for the same
--   one, and the hour of a clock change comes twice.
-- detail: {columns}.{hindered} The fix takes the values for UTC: name the zone they were written in. Leave local times, such as
--   opening hours.
-- shape: ALTER TABLE {table} ALTER COLUMN {column} TYPE {type} USING {column} AT TIME ZONE {zone};
-- lock: ACCESS EXCLUSIVE on the table while it is rewritten
-- parameters: tables=20
-- references: https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_timestamp_.28without_time_zone.29;
--   pg-index-health COLUMNS_WITH_TIMESTAMP_OR_TIMETZ_TYPE
WITH RECURSIVE wanted AS (
    SELECT t.oid FROM pg_catalog.pg_type AS t WHERE t.oid IN ('pg_catalog.timestamp'::regtype, 'pg_catalog.timetz'::regtype)
),
-- with: tables,
-- with: typed-columns,
found AS (
    SELECT c.oid, c.relname, c.namespace, c.nspname, c.object, c.attnum, c.quoted,
           coalesce(c.held, CASE c.base WHEN 'pg_catalog.timetz'::regtype THEN 'a time without its day' END) AS held,
           named.word || 'tz' || named.precision AS there, zoned.value AS there_value,
           named.word || named.precision AS back, zoned.value AS back_value
    FROM typed_columns AS c
    CROSS JOIN LATERAL (
        SELECT CASE c.base WHEN 'pg_catalog.timetz'::regtype THEN 'timetz' ELSE 'timestamp' END AS word,
               CASE WHEN c.modifier >= 0 THEN format('(%s)', c.modifier) ELSE '' END AS precision
    ) AS named
    CROSS JOIN LATERAL (SELECT format('%s AT TIME ZONE %L', c.quoted, 'UTC') AS value) AS zoned
),
-- with: retyped
SELECT t.* FROM told AS t ORDER BY 1
