-- title: Autovacuum is off
-- severity: bad
-- group: config
-- kind: setting
-- about: autovacuum is off for the whole server.
-- why: Dead rows stay, tables and indexes grow without end, the planner works with old statistics, and near the end of the
--   transaction ids the server forces vacuums at the worst time.
-- evidence: autovacuum = off
-- detail: Since it was switched off nothing cleans up unless a job does. The first rounds after the fix have much to do.{from_where}
-- fix: ALTER SYSTEM SET {settable} = on;\nSELECT pg_reload_conf();
-- lock: none; the server reads it at the reload
-- references: https://www.postgresql.org/docs/current/runtime-config-autovacuum.html#GUC-AUTOVACUUM
WITH
-- with: origin
SELECT s.name AS object, s.setting, s.source, o.settable, o.back || E'\nSELECT pg_reload_conf();' AS undo, o.from_where
FROM pg_catalog.pg_settings AS s
JOIN origin AS o ON o.name = s.name
WHERE s.name = 'autovacuum' AND s.setting = 'off'
