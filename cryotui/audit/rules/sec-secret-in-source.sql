-- title: Secret in source
-- severity: bad
-- group: security
-- kind: function
-- about: Text in the shape of a secret in a function's body, a trigger's arguments (database webhooks keep their headers
--   there), a view, a column default, a comment or a scheduled job: a JSON web token, an API key of a known service, a private
--   key, an address or connection string with a password. Placeholders are left out; a token that has expired or that is
--   anon's is info. The value itself is shown nowhere.
-- why: The catalogs can be read by every role that connects, and every schema dump, migration and backup carries a copy.
-- detail: {place} {advice}
-- lock: none; rotating is done where the secret is issued
-- certainty: estimated
-- references: https://www.postgresql.org/docs/current/catalog-pg-proc.html; https://supabase.com/docs/guides/database/vault
WITH question (text) AS (
    -- one text for two sources, as cron.job may be refused while the catalogs are not
    VALUES ($question$
WITH shape (name, pattern) AS (
    VALUES ('JWT', 'eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}'),
           ('Supabase secret key', 'sb_secret_[A-Za-z0-9_-]{16,}'),
           ('Supabase access token', 'sbp_[a-f0-9]{40}'),
           ('AWS access key', '\m(?:AKIA|ASIA)[0-9A-Z]{16}\M'),
           ('Google API key', '\mAIza[0-9A-Za-z_-]{35}'),
           ('Stripe key', '\m[rs]k_live_[0-9A-Za-z]{16,}|\mwhsec_[0-9A-Za-z]{24,}'),
           ('GitHub token', '\mgh[pousr]_[A-Za-z0-9]{36}|\mgithub_pat_[A-Za-z0-9_]{40,}'),
           ('OpenAI or Anthropic key', '\msk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,}'),
           ('Slack token', '\mxox[abprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{16,}'),
           ('SendGrid key', '\mSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}'),
           ('private key', '-----BEGIN [A-Z ]*PRIVATE KEY-----'),
           ('authorization header', '\m[Bb]earer\s+(?!eyJ)[A-Za-z0-9._~+/-]{20,}|\m[Bb]asic\s+[A-Za-z0-9+/]{16,}={0,2}'),
           ('address with password', '[A-Za-z][A-Za-z0-9+.-]*://[^][\s/:@''"|$%{}<>]+:[^][\s/:@''"|$%{}<>*]{4,}@'),
           ('connection password', '\m(?:host|hostaddr|dbname|user|port)\s*=[^\n]{0,120}?\mpassword\s*=\s*[^\s''"|$%{}<>*]{4,}'),
           ('role password', '\m(?:role|user|mapping)\M[^;]{0,120}?\mpassword\s+''[^''%{}<>*]{4,}''')
), source AS (
    {source}
), hit AS (
    SELECT s.*, k.name, m.match[1] AS found
    FROM source AS s
    CROSS JOIN shape AS k
    CROSS JOIN LATERAL regexp_matches(s.text, '(' || k.pattern || ')', CASE WHEN k.name LIKE '% password' THEN 'gi' ELSE 'g' END) AS m (match)
    WHERE s.text ~ 'eyJ|sb_secret_|sbp_|AKIA|ASIA|AIza|k_live_|whsec_|gh[pousr]_|github_pat_|sk-|xox|slack|SG\.|PRIVATE|[Bb]earer|[Bb]asic|://|[Pp][Aa][Ss][Ss][Ww]'
      AND (k.name = 'JWT' OR m.match[1] !~* 'example|placeholder|changeme|your[-_]|dummy|xxxx|:password@|:secret@')
), judged AS (
    SELECT h.*, CASE WHEN h.name = 'JWT' THEN claim.role END AS role,
           h.name = 'JWT' AND claim.expires < extract(epoch FROM now()) AS expired,
           1 + length(before.text) - length(replace(before.text, E'\n', '')) AS line
    FROM hit AS h
    CROSS JOIN LATERAL (SELECT left(h.text, strpos(h.text, h.found) - 1) AS text) AS before
    CROSS JOIN LATERAL (SELECT CASE WHEN h.name = 'JWT' THEN translate(split_part(h.found, '.', 2), '-_', '+/') ELSE '' END AS part) AS middle
    CROSS JOIN LATERAL (
        -- as escaped bytes: what is no text in the database's encoding must not end the audit
        SELECT CASE WHEN length(middle.part) % 4 <> 1
                    THEN encode(decode(middle.part || repeat('=', (4 - length(middle.part) % 4) % 4), 'base64'), 'escape') END AS claims
    ) AS token
    CROSS JOIN LATERAL (
        SELECT substring(token.claims FROM '"role"\s*:\s*"([a-z_]{1,40})"') AS role,
               substring(token.claims FROM '"exp"\s*:\s*([0-9]{1,12})')::bigint AS expires
    ) AS claim
), named AS (
    SELECT j.*, CASE WHEN j.name <> 'JWT' THEN j.name WHEN j.expired THEN 'expired JWT' ELSE 'JWT' END
                || coalesce(' of ' || j.role, '') AS label,
           CASE WHEN j.expired OR j.role = 'anon' THEN 1 ELSE 0 END AS harmless
    FROM judged AS j
), folded AS (
    SELECT n.classid, n.objid, n.sub, n.kind, n.schema, n."table", n.function, n.object,
           (array_agg(n.label ORDER BY n.harmless, n.label))[1] AS worst, count(DISTINCT n.label) AS labels,
           min(n.harmless) AS harmless, bool_and(n.name = 'JWT' AND n.role = 'anon' AND NOT n.expired) AS public_key,
           string_agg(DISTINCT format('%s in line %s', n.label, n.line), ', ') AS labelled
    FROM named AS n
    GROUP BY n.classid, n.objid, n.sub, n.kind, n.schema, n."table", n.function, n.object
)
SELECT coalesce(f.object, 'comment on ' || address.type || ' ' || address.identity) AS object, f.kind,
       f.schema, f."table", f.function, f.classid, f.objid,
       f.worst || CASE WHEN f.labels > 1 THEN ' and others' ELSE '' END AS evidence,
       format('It holds: %s.', f.labelled) AS place,
       CASE WHEN f.public_key THEN 'The key of anon is public by design; it belongs into a setting rather than into source.'
            WHEN f.harmless = 1 THEN 'It opens nothing any more; take it out.'
            ELSE 'Issue a new one, keep it in Vault or outside the database, take it out here, and let the old one be revoked. '
                 'No SQL is given, as only the issuer can revoke it.' END AS advice,
       CASE WHEN f.harmless = 1 THEN 'info' END AS severity
FROM folded AS f
LEFT JOIN LATERAL pg_identify_object(CASE WHEN f.object IS NULL THEN f.classid::oid END, f.objid::oid, f.sub) AS address ON true
ORDER BY 1
$question$)
), catalogs (text) AS (
    VALUES ($source$
    SELECT 'pg_catalog.pg_proc'::regclass::oid::bigint AS classid, p.oid::bigint AS objid, 0 AS sub,
           CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS kind, n.nspname::text AS schema, NULL::text AS "table",
           p.proname::text AS function, format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS object,
           p.prosrc AS text
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE p.oid >= 16384 AND length(p.prosrc) >= 16
    UNION ALL
    SELECT 'pg_catalog.pg_trigger'::regclass::oid::bigint, t.oid::bigint, 0, 'trigger', n.nspname::text, c.relname::text, NULL,
           format('%I.%I %I', n.nspname, c.relname, t.tgname), encode(t.tgargs, 'escape')
    FROM pg_catalog.pg_trigger AS t
    JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE t.oid >= 16384 AND NOT t.tgisinternal AND t.tgnargs > 0 AND t.tgparentid = 0
    UNION ALL
    SELECT d.classoid::bigint, d.objoid::bigint, d.objsubid, 'comment', NULL, NULL, NULL, NULL, d.description
    FROM pg_catalog.pg_description AS d
    WHERE d.objoid >= 16384 AND length(d.description) >= 16
    UNION ALL
    SELECT d.classoid::bigint, d.objoid::bigint, 0, 'comment', NULL, NULL, NULL, NULL, d.description
    FROM pg_catalog.pg_shdescription AS d
    WHERE d.objoid >= 16384 AND length(d.description) >= 16
    UNION ALL
    -- constants of stored expressions, taken out of the parsed tree: to deparse it would wait for locks
    SELECT e.classid, e.objid, e.sub, e.kind, e.schema, e."table", e.function, e.object, constant.text
    FROM (
        SELECT 'pg_catalog.pg_class'::regclass::oid::bigint AS classid, c.oid::bigint AS objid, 0 AS sub, 'view' AS kind,
               n.nspname::text AS schema, c.relname::text AS "table", NULL::text AS function,
               format('%I.%I', n.nspname, c.relname) AS object, r.ev_action::text AS tree
        FROM pg_catalog.pg_rewrite AS r
        JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.oid >= 16384
        UNION ALL
        SELECT 'pg_catalog.pg_class'::regclass::oid::bigint, c.oid::bigint, a.attnum::int, 'column', n.nspname::text, c.relname::text, NULL,
               format('%I.%I.%I', n.nspname, c.relname, a.attname), d.adbin::text
        FROM pg_catalog.pg_attrdef AS d
        JOIN pg_catalog.pg_class AS c ON c.oid = d.adrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        WHERE c.oid >= 16384
        UNION ALL
        SELECT 'pg_catalog.pg_proc'::regclass::oid::bigint, p.oid::bigint, 0, 'function', n.nspname::text, NULL, p.proname::text,
               format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)), p.prosqlbody::text
        FROM pg_catalog.pg_proc AS p
        JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
        WHERE p.oid >= 16384 AND p.prosqlbody IS NOT NULL
    ) AS e
    CROSS JOIN LATERAL regexp_matches(e.tree, ':constvalue (?:2[0-9]|[3-9][0-9]|[0-9]{3,}) \[ ([-0-9 ]+) \]', 'g') AS value (match)
    CROSS JOIN LATERAL (
        SELECT string_agg(CASE WHEN b.byte::int BETWEEN 32 AND 126 THEN chr(b.byte::int) ELSE ' ' END, '' ORDER BY b.place) AS text
        FROM unnest(string_to_array(value.match[1], ' ')) WITH ORDINALITY AS b (byte, place)
    ) AS constant
    WHERE length(e.tree) > 200
    $source$)
), jobs (text) AS (
    VALUES ($source$
    SELECT 0::bigint AS classid, 0::bigint AS objid, 0 AS sub, 'job' AS kind, NULL::text AS schema, NULL::text AS "table",
           NULL::text AS function, 'cron job ' || coalesce(quote_ident(to_jsonb(j) ->> 'jobname'), j.jobid::text) AS object,
           j.command AS text
    FROM cron.job AS j
    $source$)
)
SELECT 'catalogs' AS object, NULL::text AS unknown, NULL::text AS remedy, replace(q.text, '{source}', c.text) AS question
FROM question AS q CROSS JOIN catalogs AS c
UNION ALL
SELECT 'cron.job', CASE WHEN NOT may.read THEN quote_ident(current_user) || ' may not read the scheduled jobs' END,
       CASE WHEN NOT may.read THEN format('GRANT USAGE ON SCHEMA cron TO %I; GRANT SELECT ON cron.job TO %I;', current_user, current_user) END,
       replace(q.text, '{source}', j.text)
FROM question AS q
CROSS JOIN jobs AS j
JOIN pg_catalog.pg_namespace AS n ON n.nspname = 'cron'
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = 'job' AND c.relkind IN ('r', 'v')
CROSS JOIN LATERAL (SELECT has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS read) AS may
