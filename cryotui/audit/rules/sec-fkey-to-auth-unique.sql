-- title: Foreign key into auth
-- severity: watch
-- group: security
-- kind: constraint
-- about: A foreign key of a table outside of schema auth that refers to a table of auth by anything but its primary key.
-- why: Schema auth is the platform's. An update of it that drops or rebuilds that unique index fails on this foreign key, and
--   sign-in stands still until somebody removes it. Only primary keys of auth are promised to stay.
-- evidence: refers to {parent_name}
-- detail: It needs the unique index {index} of {parent}. Refer to the primary key instead: the value can be looked up there.
-- shape: ALTER TABLE {table} DROP CONSTRAINT {constraint};
-- lock: ACCESS EXCLUSIVE for a moment on both tables; sign-in waits as well
-- references: https://supabase.com/docs/guides/auth/managing-user-data; splinter 0021 fkey_to_auth_unique
SELECT format('%I.%I %I', n.nspname, t.relname, c.conname) AS object, t.oid::bigint AS oid, n.nspname::text AS schema,
       t.relname::text AS "table", c.conname::text AS constraint, 'auth.' || p.relname AS parent_name,
       format('auth.%I', p.relname) AS parent, quote_ident(i.relname) AS index,
       format('ALTER TABLE %I.%I DROP CONSTRAINT %I;', n.nspname, t.relname, c.conname) AS fix,
       CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_locks AS l
                             WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid()
                               AND l.relation IN (t.oid, p.oid))
            THEN format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s;', n.nspname, t.relname, c.conname, pg_get_constraintdef(c.oid))
       END AS undo
FROM pg_catalog.pg_constraint AS c
JOIN pg_catalog.pg_class AS p ON p.oid = c.confrelid
JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace AND pn.nspname = 'auth'
JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid AND t.relnamespace <> p.relnamespace
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_index AS x ON x.indexrelid = c.conindid AND NOT x.indisprimary
JOIN pg_catalog.pg_class AS i ON i.oid = c.conindid
WHERE c.contype = 'f' AND c.conparentid = 0 AND c.oid >= 16384
ORDER BY 1
