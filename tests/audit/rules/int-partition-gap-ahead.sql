-- expects: bad lab.ended | INSERT of now fails
-- expects: watch lab.soon
-- expects: bad lab.hole
-- expects: bad lab."Mixed ""Case" | INSERT of now fails
-- expects: bad lab.nested_now | INSERT of now fails
CREATE SCHEMA lab;
CREATE FUNCTION lab.part(parent text, name text, low timestamptz, high timestamptz, more text = '') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE lab.%I PARTITION OF lab.%I FOR VALUES FROM (%L) TO (%L) %s', name, parent, low, high, more);
END $$;
CREATE TABLE lab.ended (at timestamptz) PARTITION BY RANGE (at);
SELECT lab.part('ended', 'ended1', date_trunc('day', now()) - interval '6 days', date_trunc('day', now()) - interval '5 days');
SELECT lab.part('ended', 'ended2', date_trunc('day', now()) - interval '5 days', date_trunc('day', now()) - interval '4 days');
CREATE TABLE lab.soon (day date) PARTITION BY RANGE (day);
SELECT lab.part('soon', 'soon1', current_date - 30, current_date + 4);
CREATE TABLE lab.hole (at timestamp) PARTITION BY RANGE (at);
SELECT lab.part('hole', 'hole1', current_date - 60, current_date);
SELECT lab.part('hole', 'hole2', current_date + 2, current_date + 62);
CREATE TABLE lab."Mixed ""Case" ("odd, column" date) PARTITION BY RANGE ("odd, column");
SELECT lab.part('Mixed "Case', 'last "month', date_trunc('month', now()) - interval '1 month', date_trunc('month', now()));
-- a partition by time answers for its own span
CREATE TABLE lab.nested (at date) PARTITION BY RANGE (at);
SELECT lab.part('nested', 'nested_then', current_date - 60, current_date - 20, 'PARTITION BY RANGE (at)');
SELECT lab.part('nested_then', 'nested_then1', current_date - 60, current_date - 40);
SELECT lab.part('nested', 'nested_now', current_date - 20, current_date + 40, 'PARTITION BY RANGE (at)');
SELECT lab.part('nested_now', 'nested_now1', current_date - 20, current_date - 10);
-- good: far enough, a default, a closed archive, short partitions with the next one ready, other keys, no partition yet
CREATE TABLE lab.good (at timestamptz) PARTITION BY RANGE (at);
SELECT lab.part('good', 'good1', now() - interval '1 day', now() + interval '20 days');
CREATE TABLE lab.caught (at timestamptz) PARTITION BY RANGE (at);
SELECT lab.part('caught', 'caught1', now() - interval '9 days', now() - interval '8 days');
CREATE TABLE lab.caught_rest PARTITION OF lab.caught DEFAULT;
CREATE TABLE lab.archive (day date) PARTITION BY RANGE (day);
SELECT lab.part('archive', 'archive1', '2020-01-01', '2021-01-01');
CREATE TABLE lab.hourly (at timestamptz) PARTITION BY RANGE (at);
SELECT lab.part('hourly', 'hourly1', date_trunc('hour', now()), date_trunc('hour', now()) + interval '1 hour');
SELECT lab.part('hourly', 'hourly2', date_trunc('hour', now()) + interval '1 hour', date_trunc('hour', now()) + interval '3 hours');
CREATE TABLE lab.numbers (n int) PARTITION BY RANGE (n);
CREATE TABLE lab.numbers1 PARTITION OF lab.numbers FOR VALUES FROM (0) TO (10);
CREATE TABLE lab.open_end (at timestamptz) PARTITION BY RANGE (at);
CREATE TABLE lab.open_end1 PARTITION OF lab.open_end FOR VALUES FROM ('2020-01-01') TO (MAXVALUE);
CREATE TABLE lab.none_yet (at timestamptz) PARTITION BY RANGE (at);
