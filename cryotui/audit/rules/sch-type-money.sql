-- title: Column of type money
-- severity: info
-- group: schema
-- kind: columns
-- about: Columns of the type money, also through a domain. Where more than 20 tables of a
--   schema have one, they are one finding.
-- why: The currency and the number of decimals are those of lc_monetary at the moment: the same row shows dollars in one session
--   and euros in another, and a dump that is restored under another setting holds other amounts.
-- detail: {columns}.{hindered} The fix keeps the amounts as the setting of now reads them; name the currency in a column of its own.
-- shape: ALTER TABLE {table} ALTER COLUMN {column} TYPE numeric USING {column}::numeric;
-- lock: ACCESS EXCLUSIVE on the table while it is rewritten
-- parameters: tables=20
-- references: https://www.postgresql.org/docs/current/datatype-money.html;
--   https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_money; pg-index-health COLUMNS_WITH_MONEY_TYPE
WITH RECURSIVE wanted AS (
    SELECT 'pg_catalog.money'::regtype::oid AS oid
),
-- with: tables,
-- with: typed-columns,
found AS (
    SELECT c.*, 'numeric' AS there, format('%s::numeric', c.quoted) AS there_value,
           'money' AS back, format('%s::money', c.quoted) AS back_value
    FROM typed_columns AS c
),
-- with: retyped
SELECT t.* FROM told AS t ORDER BY 1
