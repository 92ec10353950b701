-- title: Triggers of one table
-- about: The triggers of one table that were made by hand: when they fire, for which commands, and which function they call.
-- key: trigger
-- parameters: oid:oid
-- every: 60
SELECT t.tgname::text AS trigger,
       CASE WHEN t.tgtype & 64 <> 0 THEN 'instead of' WHEN t.tgtype & 2 <> 0 THEN 'before' ELSE 'after' END AS timing,
       concat_ws(' or ', CASE WHEN t.tgtype & 4 <> 0 THEN 'insert' END, CASE WHEN t.tgtype & 16 <> 0 THEN 'update' END,
                 CASE WHEN t.tgtype & 8 <> 0 THEN 'delete' END, CASE WHEN t.tgtype & 32 <> 0 THEN 'truncate' END) AS events,
       CASE WHEN t.tgtype & 1 <> 0 THEN 'row' ELSE 'statement' END AS level,
       CASE t.tgenabled WHEN 'D' THEN 'off' WHEN 'R' THEN 'on replicas' WHEN 'A' THEN 'always' ELSE 'on' END AS fires,
       n.nspname::text AS function_schema, p.proname::text AS function
FROM pg_trigger t
JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE t.tgrelid = $1::oid AND NOT t.tgisinternal
ORDER BY t.tgname
