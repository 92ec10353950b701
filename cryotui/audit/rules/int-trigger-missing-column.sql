-- title: Trigger wants a lost column
-- severity: bad
-- group: integrity
-- kind: trigger
-- about: A trigger whose plpgsql function names a column by NEW or OLD that its table does not have: it was renamed or dropped,
--   or the function was made for another table. Watch when the function asks which table it runs for or catches errors, as
--   the line may then never run. Read from the text of the function. Disabled triggers are left out.
-- why: Every write the trigger fires for fails with "record has no field", and nothing warns of it before.
-- detail: {function} names {columns} in line {line}. {advice}
-- shape: ALTER TABLE {table} DISABLE TRIGGER {trigger};
-- lock: ACCESS EXCLUSIVE on the table for a moment
-- certainty: estimated
-- references: https://www.postgresql.org/docs/current/plpgsql-trigger.html
WITH body AS (
    SELECT p.oid, format('%I.%I()', n.nspname, p.proname) AS name,
           regexp_replace(regexp_replace(regexp_replace(p.prosrc, '--[^\n]*', '', 'g'), '/\*[^*]*\*/', '', 'g'),
                          '''(?:[^'']|'''')*''', '''''', 'g') AS text,
           p.prosrc
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang AND l.lanname = 'plpgsql'
    WHERE p.prorettype = 'pg_catalog.trigger'::regtype AND p.oid >= 16384
), used AS MATERIALIZED (
    SELECT DISTINCT b.oid, coalesce(replace(m.match[2], '""', '"'), lower(m.match[1])) AS name
    FROM body AS b
    CROSS JOIN LATERAL regexp_matches(b.text, '\m(?:new|old)\s*\.\s*(?:([a-z_][a-z0-9_$]*)|"((?:[^"]|"")+)")', 'gi') AS m (match)
), fired AS (
    SELECT t.oid, t.tgname, t.tgrelid, t.tgfoid, c.relname, n.nspname
    FROM pg_catalog.pg_trigger AS t
    JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgparentid = 0 AND t.oid >= 16384
      -- a trigger for statements has neither NEW nor OLD
      AND (t.tgtype & 1) = 1
), missing AS (
    SELECT f.oid, min(u.name) AS first, count(*) AS number, string_agg(quote_ident(u.name), ', ' ORDER BY u.name) AS names
    FROM fired AS f
    JOIN used AS u ON u.oid = f.tgfoid
    LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = f.tgrelid AND a.attname = u.name::name AND NOT a.attisdropped
    WHERE a.attname IS NULL
    GROUP BY f.oid
)
SELECT format('%I.%I %I', f.nspname, f.relname, f.tgname) AS object, f.tgrelid::bigint AS oid,
       f.nspname::text AS schema, f.relname::text AS "table", f.tgname::text AS trigger, b.name AS function,
       'no column ' || m.first || CASE WHEN m.number > 1 THEN ' and others' ELSE '' END AS evidence, m.names AS columns,
       1 + length(before.text) - length(replace(before.text, E'\n', '')) AS line,
       CASE WHEN careful.asks THEN 'It asks which table it runs for or catches errors: try a write inside a transaction that is rolled back.'
            ELSE 'Mend the function; until then the fix lets writes through without it.' END AS advice,
       CASE WHEN careful.asks THEN 'watch' END AS severity,
       -- what may never fail is not switched off by a script
       CASE WHEN NOT careful.asks THEN format('ALTER TABLE %I.%I DISABLE TRIGGER %I;', f.nspname, f.relname, f.tgname) END AS fix,
       CASE WHEN NOT careful.asks THEN format('ALTER TABLE %I.%I ENABLE TRIGGER %I;', f.nspname, f.relname, f.tgname) END AS undo
FROM missing AS m
JOIN fired AS f ON f.oid = m.oid
JOIN body AS b ON b.oid = f.tgfoid
CROSS JOIN LATERAL (SELECT left(b.prosrc, greatest(strpos(lower(b.prosrc), '.' || lower(m.first)), 1)) AS text) AS before
CROSS JOIN LATERAL (SELECT b.text ~* '\mtg_(table_name|table_schema|relid|relname|argv|nargs|op|name)\M|\mexception\s+when\M' AS asks) AS careful
ORDER BY 1
