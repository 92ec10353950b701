-- typed_columns: the columns of the types in wanted (oid), also through domains; from tables. held: why an ALTER of its type
-- alone is refused, or would do more than that
of_type AS (
    SELECT w.oid, w.oid AS base, false AS by_domain, -1 AS modifier FROM wanted AS w
    UNION ALL
    SELECT d.oid, o.base, true, CASE WHEN d.typtypmod >= 0 THEN d.typtypmod ELSE o.modifier END
    FROM pg_catalog.pg_type AS d JOIN of_type AS o ON d.typbasetype = o.oid AND d.typtype = 'd'
), keyed AS (
    SELECT k.conrelid AS oid, unnest(k.conkey) AS attnum FROM pg_catalog.pg_constraint AS k WHERE k.contype = 'f'
    UNION ALL
    SELECT k.confrelid, unnest(k.confkey) FROM pg_catalog.pg_constraint AS k WHERE k.contype = 'f'
), typed_columns AS (
    SELECT t.*, a.attnum, a.attname, quote_ident(a.attname) AS quoted, a.atthasdef, o.base,
           CASE WHEN o.by_domain THEN o.modifier ELSE a.atttypmod END AS modifier,
           CASE WHEN o.by_domain THEN 'its domain'
                WHEN a.attgenerated <> '' THEN 'its being generated'
                WHEN EXISTS (SELECT FROM pg_catalog.pg_partitioned_table AS p WHERE p.partrelid = t.oid
                             AND (a.attnum = ANY (p.partattrs::int2[]) OR 0 = ANY (p.partattrs::int2[]))) THEN 'partitioning'
                WHEN (t.oid, a.attnum) IN (SELECT k.oid, k.attnum FROM keyed AS k)
                THEN 'a foreign key'
                ELSE (SELECT CASE d.classid WHEN 'pg_catalog.pg_rewrite'::regclass THEN 'a view or rule'
                                            WHEN 'pg_catalog.pg_policy'::regclass THEN 'a policy'
                                            WHEN 'pg_catalog.pg_trigger'::regclass THEN 'a trigger'
                                            WHEN 'pg_catalog.pg_proc'::regclass THEN 'a function'
                                            WHEN 'pg_catalog.pg_attrdef'::regclass THEN 'a generated column'
                                            ELSE 'a publication' END
                      FROM pg_catalog.pg_depend AS d
                      LEFT JOIN pg_catalog.pg_attrdef AS g ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND g.oid = d.objid
                      WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = t.oid AND d.refobjsubid = a.attnum
                        AND (g.adnum <> a.attnum OR d.classid IN (
                                'pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_policy'::regclass, 'pg_catalog.pg_trigger'::regclass,
                                'pg_catalog.pg_proc'::regclass, to_regclass('pg_catalog.pg_publication_rel')))
                      ORDER BY d.classid LIMIT 1) END AS held
    FROM tables AS t
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attinhcount = 0
    JOIN of_type AS o ON o.oid = a.atttypid
)
