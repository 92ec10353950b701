-- title: Policies of one table
-- about: The row security policies of one table. Their conditions are null while the table is locked, because reading them
--   would wait too.
-- key: policy
-- parameters: oid:oid
-- every: 60
WITH asked AS MATERIALIZED (
  SELECT c.oid, EXISTS (SELECT FROM pg_locks l
                        WHERE l.locktype = 'relation' AND l.relation = c.oid AND l.mode = 'AccessExclusiveLock'
                          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS locked
  FROM pg_class c
  WHERE c.oid = $1::oid
)
SELECT p.polname::text AS policy, q.locked,
       CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                     ELSE 'ALL' END AS command,
       p.polpermissive AS permissive,
       CASE WHEN 0 = ANY (p.polroles) THEN 'public'
            ELSE (SELECT string_agg(r.rolname::text, ', ' ORDER BY r.rolname) FROM pg_roles r
                  WHERE r.oid = ANY (p.polroles)) END AS roles,
       CASE WHEN NOT q.locked THEN pg_get_expr(p.polqual, p.polrelid) END AS using_text,
       CASE WHEN NOT q.locked THEN pg_get_expr(p.polwithcheck, p.polrelid) END AS check_text
FROM asked q
JOIN pg_policy p ON p.polrelid = q.oid
ORDER BY p.polname
