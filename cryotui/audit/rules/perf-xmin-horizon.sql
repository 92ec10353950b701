-- title: Vacuum is held back
-- severity: watch
-- group: performance
-- kind: horizon
-- about: Whoever holds back what vacuum may remove from this database by a million transactions (watch) or ten million (bad):
--   the snapshot of a session, a prepared transaction, a replication slot, a standby with feedback.
-- why: What was deleted or replaced since then stays in every table: they grow, and every query reads more. Freezing stops
--   as well, so transaction ids run out at last.
-- detail: {what} {advice}
-- shape: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = {pid} AND backend_start = {start};\n--
--   or\nROLLBACK PREPARED {transaction};\n-- or\nSELECT pg_drop_replication_slot({slot});
-- lock: none
-- concurrently: yes
-- needs: role:pg_read_all_stats
-- cost: K2
-- parameters: xids=1000000 bad_xids=10000000
-- references: https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND; pgwatch oldest_xmin
WITH here AS MATERIALIZED (
    SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()
), holder AS (
    -- sessions of other databases hold back theirs, slots hold back all; a walsender hands on the snapshots of a standby
    SELECT CASE WHEN a.backend_type = 'walsender' THEN 'standby' ELSE 'session' END AS cause,
           CASE WHEN a.backend_type = 'walsender'
                THEN format('standby %s from %s', coalesce(nullif(a.application_name, ''), 'no name'), coalesce(host(a.client_addr), 'local'))
                ELSE format('%s in %I, %s from %s', coalesce(quote_ident(a.usename), a.backend_type, 'no role'), a.datname,
                            coalesce(nullif(regexp_replace(a.application_name, '\d{3,}', '#', 'g'), ''), 'no name'),
                            coalesce(host(a.client_addr), 'local')) END AS object,
           a.pid, a.backend_start, a.usename::text AS "user", a.application_name AS app,
           coalesce(host(a.client_addr), 'local') AS client, a.backend_type, a.state,
           NULL::text AS gid, NULL::text AS slot,
           greatest(age(a.backend_xid), age(a.backend_xmin)) AS xmin_age,
           extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS age,
           a.query_id, left(a.query, 1000) AS query,
           CASE WHEN a.backend_type IN ('client backend', 'background worker') THEN format(
               'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s AND backend_start = %L;', a.pid,
               to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00') END AS fix
    FROM pg_catalog.pg_stat_activity AS a
    JOIN here ON a.datid = here.oid OR a.backend_type = 'walsender'
    WHERE a.pid <> pg_backend_pid() AND a.leader_pid IS NULL AND coalesce(a.backend_xid, a.backend_xmin) IS NOT NULL
      -- vacuum does not hold back vacuum
      AND a.backend_type <> 'autovacuum worker'
    UNION ALL
    SELECT 'prepared', 'prepared transaction ' || quote_literal(p.gid), NULL, NULL, p.owner::text, NULL, NULL, NULL, NULL, p.gid, NULL,
           age(p.transaction), extract(epoch FROM clock_timestamp() - p.prepared)::float8, NULL, NULL,
           format('ROLLBACK PREPARED %L;', p.gid)
    FROM pg_catalog.pg_prepared_xacts AS p
    WHERE p.database = current_database()
    UNION ALL
    SELECT CASE WHEN s.xmin IS NULL OR age(s.xmin) < $1::bigint THEN 'catalog slot' ELSE 'slot' END, format('slot %I', s.slot_name),
           s.active_pid, NULL, NULL, NULL, NULL, NULL, CASE WHEN s.active THEN 'active' ELSE 'inactive' END, NULL, s.slot_name::text,
           greatest(age(s.xmin), age(s.catalog_xmin)), NULL, NULL, NULL,
           CASE WHEN NOT s.active THEN format('SELECT pg_drop_replication_slot(%L);', s.slot_name) END
    FROM pg_catalog.pg_replication_slots AS s
    WHERE coalesce(s.xmin, s.catalog_xmin) IS NOT NULL
), ranked AS (
    SELECT h.*, count(*) OVER (PARTITION BY h.object) AS holders, string_agg(h.fix, E'\n') OVER (PARTITION BY h.object) AS all_fixes,
           row_number() OVER (PARTITION BY h.object ORDER BY h.xmin_age DESC, h.pid) AS place
    FROM holder AS h
    WHERE h.xmin_age >= $1::bigint
)
SELECT r.object, r.pid, r.backend_start, current_database()::text AS database, r."user", r.app, r.client, r.backend_type, r.state,
       r.gid, r.slot, r.xmin_age, r.age AS transaction_age, r.holders, r.query_id, r.query, r.cause,
       'by ' || CASE WHEN r.xmin_age >= 999500 THEN round(r.xmin_age / 1000000.0, 1) || 'M' WHEN r.xmin_age >= 1000 THEN round(r.xmin_age / 1000.0) || 'k'
                     ELSE r.xmin_age::text END || ' transactions'
           || CASE WHEN r.age >= 172800 THEN ', ' || floor(r.age / 86400) || ' days' WHEN r.age >= 7200 THEN ', ' || floor(r.age / 3600) || ' h'
                   WHEN r.age >= 120 THEN ', ' || floor(r.age / 60) || ' min' WHEN r.age >= 0 THEN ', ' || floor(r.age) || ' s'
                   ELSE '' END AS evidence,
       CASE r.cause WHEN 'session' THEN format('Session %s, %s, holds the snapshot.', r.pid, coalesce(r.state, r.backend_type))
                    WHEN 'standby' THEN format('Walsender %s hands on the oldest snapshot of the standby.', r.pid)
                    WHEN 'prepared' THEN 'It waits for its second phase.'
                    WHEN 'slot' THEN format('The slot is %s.', r.state)
                    ELSE format('The slot is %s and holds back the catalogs only.', r.state) END AS what,
       CASE r.cause WHEN 'session' THEN CASE WHEN r.fix IS NULL THEN 'It is no session of a client; look at what it does before you end it.'
                                             ELSE 'The fix ends the session and rolls its work back.' END
                    WHEN 'standby' THEN 'End the long query on the standby, or turn hot_standby_feedback off there.'
                    WHEN 'prepared' THEN 'Ask the transaction manager first whether COMMIT PREPARED is right instead of the fix.'
                    ELSE CASE WHEN r.fix IS NULL THEN 'Its reader lags: see to the standby or subscriber behind it.'
                              ELSE 'The fix drops it; whoever read from it must be set up anew, so start that reader instead if it is needed.' END
       END AS advice,
       CASE WHEN r.cause = 'catalog slot' OR r.xmin_age < $2::bigint THEN 'watch' ELSE 'bad' END AS severity,
       r.all_fixes AS fix
FROM ranked AS r
WHERE r.place = 1
ORDER BY r.xmin_age DESC, 1
