-- guarded: whether the views of found (root, reader) ask in a condition of their own who reads
guarded AS (
    -- a condition of the view itself on who asks: a function of auth, current_setting, or current_user and its like
    SELECT f.root, bool_and(c.asks) AS asks,
           bool_and(c.asks AND EXISTS (SELECT FROM unnest(v.reloptions) AS o WHERE o LIKE 'security\_barrier=%'
                                       AND split_part(o, '=', 2)::boolean)) AS barrier
    FROM (SELECT DISTINCT root, reader FROM found) AS f
    JOIN view AS v ON v.oid = f.reader
    JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = v.oid AND r.ev_type = '1'
    CROSS JOIN LATERAL (
        SELECT coalesce(substring(r.ev_action::text FROM ':quals (\{.*):targetList') ~ format(
                   ':funcid (%s) |\{SQLVALUEFUNCTION :op (9|10|11|12) ',
                   (SELECT string_agg(p.oid::text, '|') FROM pg_catalog.pg_proc AS p
                    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
                    WHERE n.nspname = 'auth' AND p.proname IN ('uid', 'jwt', 'role', 'email')
                       OR n.nspname = 'pg_catalog' AND p.proname = 'current_setting')), false) AS asks
    ) AS c
    GROUP BY f.root
)
