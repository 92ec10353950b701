-- title: Constraints of one table
-- about: The constraints of one table, and the foreign keys of other tables that reference it (incoming).
-- key: constraint_oid
-- parameters: oid:oid
-- every: 60
SELECT k.oid AS constraint_oid, k.conname::text AS constraint, k.confrelid = $1::oid AND k.conrelid <> $1::oid AS incoming,
       CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key' WHEN 'c' THEN 'check'
                      WHEN 'x' THEN 'exclude' WHEN 'n' THEN 'not null' ELSE 'trigger' END AS kind,
       k.convalidated AS valid, n.nspname::text AS schema, c.relname::text AS "table",
       pg_get_constraintdef(k.oid) AS definition
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE (k.conrelid = $1::oid OR k.contype = 'f' AND k.confrelid = $1::oid) AND k.contype <> 'n' AND k.conparentid = 0
ORDER BY incoming, k.contype = 'p' DESC, k.contype, k.conname
