-- title: Scheduled job fails
-- severity: bad
-- group: config
-- kind: job
-- about: A job of pg_cron whose last runs (3) all failed, or whose role or database is gone (bad); whose last run failed, or whose
--   runs overlap now (watch); that is switched off (info). Looked at are the newest 10,000 runs.
-- why: What it does (clean up, refresh, bill, back up) does not happen, and pg_cron tells nobody.
-- lock: none
-- cost: K3
-- parameters: runs=3
-- detail: {advice}
-- references: https://github.com/citusdata/pg_cron
SELECT 'cron.job' AS object,
       CASE WHEN here.jobs IS NULL THEN format('pg_cron keeps its jobs in database %I', elsewhere.database)
            WHEN NOT may.readable THEN quote_ident(current_user) || ' may not read cron.job and cron.job_run_details' END AS unknown,
       CASE WHEN here.jobs IS NULL THEN 'extension' ELSE 'privilege' END AS unknown_kind,
       CASE WHEN here.jobs IS NOT NULL AND NOT may.readable
            THEN format('GRANT USAGE ON SCHEMA cron TO %1$I; GRANT SELECT ON cron.job, cron.job_run_details TO %1$I;', current_user)
       END AS remedy,
       -- the newest runs come by the key: their part of the table, at most all of it, and as much of the key
       (SELECT 2 * ceil(greatest(r.relpages, 1) * CASE WHEN r.reltuples > 10000 THEN 10000 / r.reltuples ELSE 1 END)
        FROM pg_catalog.pg_class AS r WHERE r.oid = here.runs)::bigint * current_setting('block_size')::bigint AS reads,
       replace($question$
       WITH recent AS (
           SELECT d.jobid, d.runid, d.status, d.return_message, d.start_time,
                  row_number() OVER (PARTITION BY d.jobid ORDER BY d.runid DESC) AS place
           FROM (SELECT * FROM cron.job_run_details AS r ORDER BY r.runid DESC LIMIT 10000) AS d
           WHERE d.status IN ('succeeded', 'failed')
       ), past AS (
           SELECT r.jobid, count(*) FILTER (WHERE r.place <= @runs) AS looked_at,
                  count(*) FILTER (WHERE r.place <= @runs AND r.status = 'failed') AS failed,
                  bool_or(r.status = 'failed') FILTER (WHERE r.place = 1) AS failed_last,
                  max(r.return_message) FILTER (WHERE r.place = 1) AS message,
                  max(r.start_time) FILTER (WHERE r.place = 1) AS at
           FROM recent AS r GROUP BY r.jobid
       ), active_now AS (
           SELECT d.jobid, count(*) AS n
           FROM (SELECT * FROM cron.job_run_details AS r ORDER BY r.runid DESC LIMIT 10000) AS d
           JOIN pg_catalog.pg_stat_activity AS a ON a.pid = d.job_pid
           WHERE d.status = 'running' GROUP BY d.jobid
       ), judged AS (
           SELECT j.*, p.message, p.at, p.failed, n.n,
                  CASE WHEN NOT j.active THEN 'off'
                       WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = j.username) THEN 'role'
                       WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_database AS b WHERE b.datname = j.database) THEN 'database'
                       WHEN p.looked_at >= @runs AND p.failed = p.looked_at THEN 'failing'
                       WHEN p.failed_last THEN 'failed'
                       WHEN n.n > 1 THEN 'overlap' END AS fault
           FROM cron.job AS j
           LEFT JOIN past AS p ON p.jobid = j.jobid
           LEFT JOIN active_now AS n ON n.jobid = j.jobid
       )
       SELECT coalesce(quote_ident(j.jobname), 'job ' || j.jobid) || ' of ' || quote_ident(j.username) AS object,
              j.jobid, j.schedule, j.database,
              CASE j.fault WHEN 'off' THEN 'switched off' WHEN 'role' THEN 'its role is gone'
                   WHEN 'database' THEN 'its database is gone' WHEN 'failing' THEN 'last ' || j.failed || ' runs failed'
                   WHEN 'failed' THEN 'last run failed' ELSE j.n || ' runs at once' END AS evidence,
              CASE j.fault WHEN 'off' THEN 'info' WHEN 'failed' THEN 'watch' WHEN 'overlap' THEN 'watch' END AS severity,
              CASE j.fault
                   WHEN 'off' THEN format('It was due at %s. If nobody needs it, cron.unschedule(%s).', j.schedule, j.jobid)
                   WHEN 'role' THEN format('Job %s runs as %I, which does not exist: schedule it anew or cron.unschedule(%s).',
                                           j.jobid, j.username, j.jobid)
                   WHEN 'database' THEN format('Job %s runs in %I, which does not exist: cron.alter_job or cron.unschedule(%s).',
                                               j.jobid, j.database, j.jobid)
                   WHEN 'overlap' THEN format('Due at %s, and a run takes longer than that: lengthen the schedule or take a lock '
                                              'in the job.', j.schedule)
                   ELSE format('Job %s at %s, last on %s: %s', j.jobid, j.schedule, to_char(j.at, 'YYYY-MM-DD HH24:MI'),
                               coalesce(left(j.message, 200), 'no message')) END AS advice
       FROM judged AS j
       WHERE j.fault IS NOT NULL
       ORDER BY 1
       $question$, '@runs', $1::int::text) AS question
FROM (SELECT to_regclass('cron.job') AS jobs, to_regclass('cron.job_run_details') AS runs) AS here
CROSS JOIN (SELECT current_setting('cron.database_name', true) AS database) AS elsewhere
CROSS JOIN LATERAL (
    SELECT has_schema_privilege(to_regnamespace('cron'), 'USAGE') AND has_table_privilege(here.jobs, 'SELECT')
           AND has_table_privilege(here.runs, 'SELECT') AS readable
) AS may
WHERE here.jobs IS NOT NULL OR (elsewhere.database <> '' AND elsewhere.database <> current_database())
