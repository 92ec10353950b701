-- title: Prepared transactions
-- about: Transactions of two-phase commit that wait for their second phase. They keep their locks and their snapshot without a
--   session, over a restart too, until COMMIT PREPARED or ROLLBACK PREPARED in their database.
-- key: gid
-- units: age=seconds xid_age=transactions
-- every: 10
SELECT gid,
       database::text AS database,
       owner::text AS "user",
       transaction::text AS xid,
       extract(epoch FROM clock_timestamp() - prepared)::float8 AS age,
       age(transaction) AS xid_age
FROM pg_prepared_xacts
ORDER BY prepared;
