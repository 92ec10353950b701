-- title: One session in full
-- about: The whole statement of one session, its client and its encryption. Nothing for a session that has ended, or whose
--   texts this role may not read.
-- key: pid backend_start
-- needs: role:pg_read_all_stats
-- parameters: pid:int backend_start:timestamptz
SELECT a.pid,
       a.backend_start,
       a.datname::text AS database,
       a.usename::text AS "user",
       a.application_name AS app,
       a.backend_type,
       a.state,
       a.xact_start AS transaction_start,
       a.query_start,
       a.state_change,
       host(a.client_addr) AS client,
       a.client_hostname,
       a.client_port,
       s.ssl AS tls,
       s.version AS tls_version,
       s.cipher AS tls_cipher,
       g.encrypted AS gss_encrypted,
       a.backend_xid::text AS xid,
       a.backend_xmin::text AS xmin,
       a.query,
       a.query_id
FROM pg_stat_activity a
LEFT JOIN pg_stat_ssl s USING (pid)
LEFT JOIN pg_stat_gssapi g USING (pid)
WHERE a.pid = $1 AND a.backend_start = $2;
