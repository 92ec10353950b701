-- title: Large objects left over
-- severity: info
-- group: integrity
-- kind: database
-- about: Large objects whose number stands in no column of type oid, of a domain over it such as lo, or of an array of them.
-- why: Nothing deletes a large object when the row that named it goes. What is left takes disk, backup and restore time, and
--   nobody can find it any more.
-- evidence: {orphans:count} of {all:count} left over
-- detail: Looked for in {columns:count} columns. A number that an application keeps as text or elsewhere is not seen, and a deleted
--   one does not come back, so no fix is given: vacuumlo -n counts what vacuumlo would delete. The trigger lo_manage of the
--   extension lo keeps new ones from being left over.
-- lock: ACCESS SHARE on the tables with such columns, while they are read
-- cost: K3
-- certainty: counted
-- references: https://www.postgresql.org/docs/current/vacuumlo.html; https://www.postgresql.org/docs/current/lo.html
WITH number AS MATERIALIZED (
    -- oid, domains over it at any depth, and arrays of these
    SELECT y.oid, false AS many FROM pg_catalog.pg_type AS y WHERE y.oid = 'pg_catalog.oid'::regtype
    UNION
    SELECT d.oid, false FROM pg_catalog.pg_type AS d
    WHERE d.typtype = 'd' AND (d.typbasetype = 'pg_catalog.oid'::regtype
                               OR d.typbasetype IN (SELECT e.oid FROM pg_catalog.pg_type AS e
                                                    WHERE e.typtype = 'd' AND e.typbasetype = 'pg_catalog.oid'::regtype))
), kept AS MATERIALIZED (
    SELECT y.oid, y.many FROM number AS y
    UNION ALL
    SELECT a.typarray, true FROM number AS y JOIN pg_catalog.pg_type AS a ON a.oid = y.oid AND a.typarray <> 0
), holder AS MATERIALIZED (
    SELECT t.oid, n.nspname, t.relname, t.relnamespace, t.relpages, t.relpersistence = 'u' AND pg_is_in_recovery() AS absent,
           a.attname, a.attnum, k.many
    FROM pg_catalog.pg_attribute AS a
    JOIN kept AS k ON k.oid = a.atttypid
    JOIN pg_catalog.pg_class AS t ON t.oid = a.attrelid AND t.relkind = 'r' AND t.relpersistence <> 't'
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid >= 16384
      AND EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata AS m)
), judged AS MATERIALIZED (
    SELECT h.*, format('%I.%I', h.nspname, h.relname) AS relation,
           has_schema_privilege(h.relnamespace, 'USAGE') AND has_column_privilege(h.oid, h.attnum, 'SELECT') AS readable,
           row_security_active(h.oid) AS hidden
    FROM holder AS h
), summed AS (
    SELECT count(*) AS columns, bool_and(j.readable AND NOT j.hidden AND NOT j.absent) AS open,
           string_agg(format(CASE WHEN j.many THEN 'SELECT u::oid AS held FROM ONLY %1$s AS t, unnest(t.%2$I) AS u'
                                  ELSE 'SELECT t.%2$I::oid AS held FROM ONLY %1$s AS t' END, j.relation, j.attname),
                      E'\nUNION ALL ' ORDER BY j.relation, j.attnum) AS held
    FROM judged AS j
), size AS (
    SELECT coalesce(sum(p.pages), 0) AS pages
    FROM (SELECT DISTINCT j.oid, greatest(j.relpages, 1) AS pages FROM judged AS j) AS p
)
SELECT 'large objects' AS object, s.columns, NULL::bigint AS oid, NULL::text AS unknown, NULL::text AS unknown_kind, NULL::text AS remedy,
       (z.pages + (SELECT greatest(m.relpages, 1) FROM pg_catalog.pg_class AS m
                   WHERE m.oid = 'pg_catalog.pg_largeobject_metadata'::regclass))::bigint * current_setting('block_size')::bigint AS reads,
       format('WITH kept AS MATERIALIZED (%s), counted AS (SELECT count(*) AS "all", count(*) FILTER (WHERE m.oid NOT IN '
              '(SELECT k.held FROM kept AS k WHERE k.held IS NOT NULL)) AS orphans FROM pg_catalog.pg_largeobject_metadata AS m) '
              'SELECT c.* FROM counted AS c WHERE c.orphans > 0', coalesce(s.held, 'SELECT NULL::oid AS held')) AS question,
       format('SELECT m.oid, pg_catalog.pg_get_userbyid(m.lomowner) AS owner FROM pg_catalog.pg_largeobject_metadata AS m '
              'WHERE m.oid NOT IN (SELECT k.held FROM (%s) AS k WHERE k.held IS NOT NULL) LIMIT 20;',
              coalesce(s.held, 'SELECT NULL::oid AS held')) AS look
FROM summed AS s
CROSS JOIN size AS z
WHERE coalesce(s.open, true) AND EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata AS m)
UNION ALL
SELECT j.relation, NULL, j.oid::bigint,
       CASE WHEN j.absent THEN 'a standby does not have unlogged tables'
            WHEN NOT j.readable THEN quote_ident(current_user) || ' may not read the numbers of large objects in it'
            ELSE 'row security hides rows from ' || quote_ident(current_user) END,
       CASE WHEN j.absent THEN 'standby' ELSE 'privilege' END,
       CASE WHEN NOT j.readable AND NOT j.absent
            THEN concat_ws(' ', CASE WHEN NOT has_schema_privilege(j.relnamespace, 'USAGE')
                                     THEN format('GRANT USAGE ON SCHEMA %I TO %I;', j.nspname, current_user) END,
                           format('GRANT SELECT ON %s TO %I;', j.relation, current_user)) END,
       NULL, NULL, NULL
FROM (SELECT DISTINCT ON (b.oid) b.* FROM judged AS b WHERE NOT b.readable OR b.hidden OR b.absent ORDER BY b.oid, b.readable) AS j
ORDER BY 1
