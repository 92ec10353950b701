-- title: Extension behind its files
-- severity: watch
-- group: security
-- kind: extension
-- about: An extension has a version below the one the server's files offer by default, in the order of their numbers, and a path
--   of updates leads there.
-- why: The library is the new one already, its SQL is not: corrections of the extension, some for security, are not in effect.
-- evidence: {installed} installed, {offered} here
-- detail: The update goes over {path}. {advice}
-- fix: ALTER EXTENSION {object} UPDATE TO {target};
-- lock: what the update script takes, most often ACCESS EXCLUSIVE on the objects it changes, for a moment
-- references: https://www.postgresql.org/docs/current/sql-alterextension.html; splinter 0022 extension_versions_outdated
WITH behind AS MATERIALIZED (
    SELECT e.extname, e.extversion, e.extowner, a.default_version
    FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_available_extensions AS a ON a.name = e.extname
    WHERE e.extversion <> a.default_version
      AND string_to_array(btrim(regexp_replace(e.extversion, '[^0-9]+', '.', 'g'), '.'), '.')::numeric[]
        < string_to_array(btrim(regexp_replace(a.default_version, '[^0-9]+', '.', 'g'), '.'), '.')::numeric[]
)
SELECT format('%I', b.extname) AS object, b.extname::text AS extension, b.extversion AS installed,
       b.default_version AS offered, quote_literal(b.default_version) AS target,
       replace(p.path, '--', ', ') AS path,
       CASE WHEN pg_has_role(current_user, b.extowner, 'USAGE') THEN 'There is no way back but a restore.'
            ELSE format('Its owner %I updates it.', pg_get_userbyid(b.extowner)) END AS advice
FROM behind AS b
CROSS JOIN LATERAL pg_catalog.pg_extension_update_paths(b.extname) AS p (source, target, path)
WHERE p.source = b.extversion AND p.target = b.default_version AND p.path IS NOT NULL
ORDER BY 1
