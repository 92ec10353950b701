-- title: Old prepared transaction
-- severity: watch
-- group: performance
-- kind: prepared transaction
-- about: A transaction of two-phase commit that has waited for its second phase for 5 minutes (watch) or an hour (bad).
-- why: No session belongs to it, so nobody ends it: its locks and its snapshot stay, over a restart too, vacuum cleans
--   nothing that is younger, and at last transaction ids run out.
-- detail: Prepared by {user} in database {database} and {xid_age:count} transactions old. Ask the transaction manager first:
--   when other participants have committed, COMMIT PREPARED is right.{where}
-- shape: ROLLBACK PREPARED {transaction};
-- lock: none; its work is undone for good
-- concurrently: yes
-- cost: K2
-- parameters: minutes=5 bad_minutes=60
-- references: https://www.postgresql.org/docs/current/sql-prepare-transaction.html; check_postgres prepared_txns
SELECT quote_literal(p.gid) AS object, p.gid, p.database::text AS database, p.owner::text AS "user", p.transaction::text AS xid,
       waited.age, age(p.transaction) AS xid_age,
       'prepared ' || CASE WHEN waited.age >= 172800 THEN floor(waited.age / 86400) || ' days'
                           WHEN waited.age >= 7200 THEN floor(waited.age / 3600) || ' h'
                           WHEN waited.age >= 120 THEN floor(waited.age / 60) || ' min' ELSE floor(waited.age) || ' s' END || ' ago' AS evidence,
       CASE WHEN waited.age >= $2::float8 * 60 THEN 'bad' ELSE 'watch' END AS severity,
       CASE WHEN p.database = current_database() THEN '' ELSE ' It can be ended in its own database only.' END AS where,
       CASE WHEN p.database = current_database() THEN format('ROLLBACK PREPARED %L;', p.gid) END AS fix
FROM pg_catalog.pg_prepared_xacts AS p
CROSS JOIN LATERAL (SELECT extract(epoch FROM clock_timestamp() - p.prepared)::float8 AS age) AS waited
WHERE waited.age >= $1::float8 * 60
ORDER BY 1
