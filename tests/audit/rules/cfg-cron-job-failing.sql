-- expects: bad "Nightly ""job" of postgres | last 3 runs failed
-- expects: bad job 2 of nobody_left
-- expects: watch refresh of postgres | last run failed
-- expects: info paused of postgres | switched off
-- expects: bad elsewhere of postgres | its database is gone
CREATE SCHEMA cron;
CREATE TABLE cron.job (
    jobid bigint PRIMARY KEY, schedule text, command text, nodename text, nodeport int, database text, username text,
    active boolean, jobname name
);
CREATE TABLE cron.job_run_details (
    jobid bigint, runid bigint PRIMARY KEY, job_pid int, database text, username text, command text, status text,
    return_message text, start_time timestamptz, end_time timestamptz
);
INSERT INTO cron.job (jobid, schedule, command, database, username, active, jobname) VALUES
    (1, '0 3 * * *', 'SELECT 1', 'postgres', 'postgres', true, 'Nightly "job'),
    (2, '0 3 * * *', 'SELECT 1', 'postgres', 'nobody_left', true, NULL),
    (3, '* * * * *', 'SELECT 1', 'postgres', 'postgres', true, 'refresh'),
    (4, '* * * * *', 'SELECT 1', 'postgres', 'postgres', false, 'paused'),
    (5, '* * * * *', 'SELECT 1', 'gone', 'postgres', true, 'elsewhere'),
    (6, '* * * * *', 'SELECT 1', 'postgres', 'postgres', true, 'good');
INSERT INTO cron.job_run_details (jobid, runid, status, return_message, start_time) VALUES
    (1, 1, 'succeeded', '1 row', now()), (1, 2, 'failed', 'ERROR: no such table', now()), (1, 3, 'failed', 'ERROR', now()),
    (1, 4, 'failed', 'ERROR: [/bold] division by zero', now()), (1, 5, 'running', NULL, now()),
    (3, 6, 'succeeded', '1 row', now()), (3, 7, 'failed', 'ERROR', now()),
    (6, 8, 'failed', 'ERROR', now()), (6, 9, 'failed', 'ERROR', now()), (6, 10, 'succeeded', '1 row', now());
