-- title: Would stop pg_upgrade
-- severity: watch
-- group: schema
-- kind: database
-- about: What pg_upgrade refuses, or leaves behind without a word: columns of types whose values are oids, of system row types and of
--   aclitem, children without a parent's NOT NULL, prepared transactions, databases that admit nobody, extensions that are gone,
--   logical replication slots. Bad where an upgrade to the major named by the limit is ahead.
-- why: pg_upgrade finds it after the old server is down, in the maintenance window.
-- detail: {advice}
-- shape: ALTER TABLE {table} ALTER COLUMN {column} TYPE text;\n-- or\nALTER TABLE {table} ALTER COLUMN {column} SET
--   NOT NULL;\n-- or\nROLLBACK PREPARED {transaction};\n-- or\nDROP DATABASE {database};\n-- or\nALTER DATABASE
--   {database} ALLOW_CONNECTIONS true;\n-- or\nDROP EXTENSION {extension};\n-- or\nSELECT
--   pg_drop_replication_slot({slot});
-- lock: ACCESS EXCLUSIVE on the table while a column is changed; else brief
-- parameters: to=18
-- references: https://www.postgresql.org/docs/current/pgupgrade.html; splinter 0018
WITH RECURSIVE version AS MATERIALIZED (
    SELECT current_setting('server_version_num')::int / 10000 AS now
), refused AS (
    -- PostgreSQL cannot carry the oids in these over: 'reg*' but regclass, regtype and regrole
    SELECT t.oid, t.typname::text AS cause, 'a type made of oids' AS why
    FROM pg_catalog.pg_type AS t
    WHERE t.typnamespace = 'pg_catalog'::regnamespace
      AND t.typname IN ('regcollation', 'regconfig', 'regdictionary', 'regnamespace', 'regoper', 'regoperator', 'regproc', 'regprocedure')
    UNION ALL
    SELECT t.oid, t.typname::text, 'a type whose form changes in 16' FROM pg_catalog.pg_type AS t CROSS JOIN version AS v
    WHERE t.oid = 'pg_catalog.aclitem'::regtype AND v.now < 16 AND $1::int >= 16
    UNION ALL
    SELECT t.oid, t.typname::text, 'the row type of a system catalog' FROM pg_catalog.pg_type AS t
    WHERE t.typtype = 'c' AND t.oid < 16384
), held AS MATERIALIZED (
    SELECT DISTINCT a.atttypid FROM pg_catalog.pg_attribute AS a WHERE a.attrelid >= 16384 AND a.attnum > 0
), parts AS (
    -- what the types of columns are made of: domains, arrays, ranges and row types
    SELECT h.atttypid AS oid, h.atttypid AS part FROM held AS h
    UNION
    SELECT p.oid, d.part
    FROM parts AS p
    JOIN pg_catalog.pg_type AS t ON t.oid = p.part
    CROSS JOIN LATERAL (
        SELECT t.typbasetype AS part WHERE t.typtype = 'd'
        UNION ALL
        SELECT t.typelem WHERE t.typcategory = 'A' AND t.typelem <> 0
        UNION ALL
        SELECT g.rngsubtype FROM pg_catalog.pg_range AS g WHERE g.rngtypid = t.oid AND t.typtype = 'r'
        UNION ALL
        SELECT a.atttypid FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = t.typrelid AND t.typtype = 'c' AND t.oid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped
    ) AS d
), made_of AS MATERIALIZED (
    SELECT DISTINCT ON (p.oid) p.oid, r.cause, r.why FROM parts AS p JOIN refused AS r ON r.oid = p.part ORDER BY p.oid, r.cause
), item AS (
    SELECT format('%I.%I.%I', n.nspname, t.relname, a.attname) AS object, 'columns' AS kind, 1259::bigint AS classid, t.oid::bigint AS objid,
           t.oid::bigint AS oid, n.nspname::text AS schema, t.relname::text AS "table", a.attname::text AS "column",
           'of type ' || format_type(a.atttypid, NULL) AS evidence, true AS refuses,
           format('%s holds %s. Store the name as text.', format_type(a.atttypid, NULL), m.why) AS advice,
           CASE WHEN m.oid IN (SELECT r.oid FROM refused AS r) AND t.relkind IN ('r', 'p', 'm') AND NOT t.relispartition AND a.attinhcount = 0
                     AND t.relkind <> 'm' AND m.cause ~ '^reg|^aclitem$'
                THEN format('ALTER TABLE %I.%I ALTER COLUMN %I TYPE text;', n.nspname, t.relname, a.attname) END AS fix,
           CASE WHEN m.cause ~ '^reg'
                THEN format('ALTER TABLE %I.%I ALTER COLUMN %I TYPE %s USING %I::%s;', n.nspname, t.relname, a.attname, m.cause, a.attname,
                            m.cause) END AS undo
    FROM made_of AS m
    JOIN pg_catalog.pg_attribute AS a ON a.atttypid = m.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attrelid >= 16384
    JOIN pg_catalog.pg_class AS t ON t.oid = a.attrelid AND t.relkind IN ('r', 'p', 'm') AND t.relpersistence <> 't' AND NOT t.relispartition
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    UNION ALL
    -- the check is new in 18
    SELECT format('%I.%I.%I', n.nspname, t.relname, a.attname), 'columns', 1259, t.oid::bigint, t.oid::bigint, n.nspname::text, t.relname::text,
           a.attname::text, 'the parent is NOT NULL', true,
           format('%I.%I, the parent, never holds a null there and the child may.', pn.nspname, p.relname),
           format('ALTER TABLE %I.%I ALTER COLUMN %I SET NOT NULL;', n.nspname, t.relname, a.attname), NULL
    FROM version AS v
    JOIN pg_catalog.pg_inherits AS h ON v.now < 18 AND $1::int >= 18
    JOIN pg_catalog.pg_attribute AS pa ON pa.attrelid = h.inhparent AND pa.attnum > 0 AND pa.attnotnull AND NOT pa.attisdropped
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = h.inhrelid AND a.attname = pa.attname AND NOT a.attnotnull AND NOT a.attisdropped
    JOIN pg_catalog.pg_class AS t ON t.oid = h.inhrelid AND t.oid >= 16384 AND t.relkind IN ('r', 'p', 'f')
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
    JOIN pg_catalog.pg_class AS p ON p.oid = h.inhparent
    JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
    UNION ALL
    SELECT 'prepared transaction ' || quote_literal(x.gid), 'database', NULL, NULL, NULL, NULL, NULL, NULL, 'not finished', true,
           format('Prepared in %I by %I at %s. The fix throws its work away; COMMIT PREPARED keeps it. Ask who prepared it.', x.database, x.owner,
                  to_char(x.prepared, 'YYYY-MM-DD HH24:MI')),
           CASE WHEN x.database = current_database() THEN format('ROLLBACK PREPARED %L;', x.gid) END, NULL
    FROM pg_catalog.pg_prepared_xacts AS x
    UNION ALL
    SELECT 'database ' || quote_ident(d.datname), 'database', 1262, d.oid::bigint, NULL, NULL, NULL, NULL,
           CASE WHEN d.datconnlimit = -2 THEN 'left by a failed drop' ELSE 'admits no connections' END, true,
           CASE WHEN d.datconnlimit = -2 THEN 'DROP DATABASE was interrupted: nothing can be done with it but to drop it again.'
                ELSE 'Only template0 may refuse connections.' END,
           CASE WHEN d.datconnlimit = -2 THEN format('DROP DATABASE %I;', d.datname)
                ELSE format('ALTER DATABASE %I ALLOW_CONNECTIONS true;', d.datname) END,
           CASE WHEN d.datconnlimit <> -2 THEN format('ALTER DATABASE %I ALLOW_CONNECTIONS false;', d.datname) END
    FROM pg_catalog.pg_database AS d
    WHERE d.datname <> 'template0' AND (NOT d.datallowconn OR d.datconnlimit = -2)
    UNION ALL
    SELECT 'extension ' || quote_ident(e.extname), 'database', NULL, NULL, NULL, NULL, NULL, NULL, 'gone in ' || gone.major, true,
           format('PostgreSQL %s has no %s any more.', gone.major, e.extname), format('DROP EXTENSION %I;', e.extname),
           format('CREATE EXTENSION %I;', e.extname)
    FROM version AS v
    CROSS JOIN (VALUES ('adminpack', 17), ('old_snapshot', 17)) AS gone (name, major)
    JOIN pg_catalog.pg_extension AS e ON e.extname = gone.name
    WHERE v.now < gone.major AND $1::int >= gone.major
    UNION ALL
    SELECT 'slot ' || quote_ident(s.slot_name), 'database', NULL, NULL, NULL, NULL, NULL, NULL,
           CASE WHEN s.wal_status = 'lost' THEN 'lost' ELSE 'is not taken along' END, s.wal_status = 'lost' AND v.now >= 17,
           CASE WHEN s.wal_status = 'lost' THEN 'A slot that has lost its WAL serves nobody and stops the upgrade of a server from 17 on.'
                ELSE 'pg_upgrade takes logical slots along from 17 on: its subscriber must be set up again.' END,
           CASE WHEN s.wal_status = 'lost' THEN format('SELECT pg_drop_replication_slot(%L);', s.slot_name) END, NULL
    FROM version AS v
    CROSS JOIN pg_catalog.pg_replication_slots AS s
    WHERE s.slot_type = 'logical' AND NOT s.temporary AND (v.now < 17 AND $1::int > v.now OR s.wal_status = 'lost')
)
SELECT i.object, i.kind, i.classid, i.objid, i.oid, i.schema, i."table", i."column", i.evidence, i.advice, i.fix,
       CASE WHEN i.fix IS NOT NULL THEN i.undo END AS undo,
       CASE WHEN NOT i.refuses THEN 'watch' WHEN v.now < $1::int THEN 'bad' END AS severity
FROM item AS i
CROSS JOIN version AS v
ORDER BY 1
