-- title: Extension in public
-- severity: info
-- group: security
-- kind: extension
-- about: The objects of an extension are in the schema public.
-- why: They mix with the application's own: an API that serves public serves the extension's functions too, and every dump,
--   migration and list of tables is full of them.
-- evidence: {version} in public
-- detail: {advice}
-- shape: CREATE SCHEMA extensions;\nGRANT USAGE ON SCHEMA extensions TO PUBLIC;\nALTER EXTENSION {extension} SET SCHEMA extensions;
-- lock: ACCESS EXCLUSIVE on the objects of the extension, for a moment
-- references: https://www.postgresql.org/docs/current/extend-extensions.html#EXTEND-EXTENSIONS-RELOCATION;
--   splinter 0014 extension_in_public
SELECT format('%I', e.extname) AS object, e.extname::text AS extension, 'version ' || e.extversion AS version,
       CASE WHEN NOT e.extrelocatable
            THEN 'It cannot be moved: DROP and CREATE EXTENSION ... SCHEMA, which takes the columns and indexes that use it along.'
            WHEN NOT pg_has_role(current_user, e.extowner, 'USAGE')
            THEN format('Its owner %I moves it; the fix needs that role.', pg_get_userbyid(e.extowner))
            ELSE 'Stored views and functions keep working; what names its functions without a schema needs extensions in the '
                 || 'search_path.' END AS advice,
       CASE WHEN e.extrelocatable
            THEN CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'extensions') THEN ''
                      ELSE E'CREATE SCHEMA extensions;\nGRANT USAGE ON SCHEMA extensions TO PUBLIC;\n' END
                 || format('ALTER EXTENSION %I SET SCHEMA extensions;', e.extname) END AS fix,
       CASE WHEN e.extrelocatable THEN format('ALTER EXTENSION %I SET SCHEMA public;', e.extname) END AS undo
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
WHERE n.nspname = 'public'
ORDER BY 1
