-- origin: of each setting its name where ALTER SYSTEM changes what this session has (settable, else null), whether its value is the
-- server's own (server_wide), where it comes from when ALTER SYSTEM does not (from_where: a blank and a sentence, else empty), and the
-- statement that takes an ALTER SYSTEM back (back): RESET, or the value that an earlier one has set
origin AS (
    SELECT s.name,
           CASE WHEN s.source IN ('default', 'configuration file') THEN s.name END AS settable,
           s.source IN ('default', 'configuration file', 'command line', 'environment variable') AS server_wide,
           CASE s.source
                WHEN 'default' THEN '' WHEN 'configuration file' THEN ''
                WHEN 'command line'
                THEN format(' The server was started with it on its command line, which ALTER SYSTEM does not overrule: take -c %s '
                            'out of the start command (service file, container, pg_ctl -o), then restart.', s.name)
                WHEN 'environment variable'
                THEN ' It comes from the environment the server was started in, which ALTER SYSTEM does not overrule: change that, '
                     'then restart.'
                WHEN 'global' THEN format(' It is set for all roles, which ALTER SYSTEM does not overrule: ALTER ROLE ALL RESET %I.', s.name)
                WHEN 'database' THEN format(' It is set for this database, which ALTER SYSTEM does not overrule: ALTER DATABASE %I RESET '
                                            '%I.', current_database(), s.name)
                WHEN 'user' THEN format(' It is set for the role of this session, which ALTER SYSTEM does not overrule: ALTER ROLE %I '
                                        'RESET %I.', session_user, s.name)
                WHEN 'database user' THEN format(' It is set for the role of this session in this database, which ALTER SYSTEM does not '
                                                 'overrule: ALTER ROLE %I IN DATABASE %I RESET %I.', session_user, current_database(), s.name)
                ELSE ' This session has set it for itself; what the server has is hidden behind that.' END AS from_where,
           format(CASE WHEN s.source = 'configuration file'
                            AND coalesce(s.sourcefile ~ '(^|[/\\])postgresql[.]auto[.]conf$', true)  -- null for who may not see it
                       THEN 'ALTER SYSTEM SET %s = %L;' ELSE 'ALTER SYSTEM RESET %s;' END,
                  concat_ws('.', quote_ident(split_part(s.name, '.', 1)), quote_ident(nullif(split_part(s.name, '.', 2), ''))),
                  current_setting(s.name)) AS back
    FROM pg_catalog.pg_settings AS s
)
