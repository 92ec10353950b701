-- expects: bad pgmq.q_mail | anon reads messages
-- expects: bad pgmq.a_mail | authenticated changes messages
-- expects: bad pgmq."q_Odd ""one" | anon reads messages
-- expects: bad pgmq.q_parted | anon reads messages
CREATE ROLE anon;
CREATE ROLE authenticated;
SET LOCAL pgrst.db_schemas = 'public, pgmq_public';
CREATE SCHEMA pgmq;
CREATE TABLE pgmq.q_mail (msg_id int, message jsonb);
GRANT SELECT, DELETE ON pgmq.q_mail TO anon;
CREATE TABLE pgmq.a_mail (msg_id int, message jsonb);
GRANT INSERT ON pgmq.a_mail TO authenticated;
CREATE TABLE pgmq."q_Odd ""one" (msg_id int);
GRANT SELECT (msg_id) ON pgmq."q_Odd ""one" TO PUBLIC;
-- a partitioned queue is one finding
CREATE TABLE pgmq.q_parted (msg_id int) PARTITION BY RANGE (msg_id);
CREATE TABLE pgmq.q_parted_default PARTITION OF pgmq.q_parted DEFAULT;
GRANT SELECT ON pgmq.q_parted, pgmq.q_parted_default TO anon;
-- good: row security, no right, no queue
CREATE TABLE pgmq.q_closed (msg_id int);
ALTER TABLE pgmq.q_closed ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON pgmq.q_closed TO anon;
CREATE TABLE pgmq.q_private (msg_id int);
CREATE TABLE pgmq.quota (n int);
CREATE TABLE pgmq.meta (queue_name text);
GRANT SELECT ON pgmq.quota, pgmq.meta TO anon;
CREATE SCHEMA lab;
CREATE TABLE lab.q_mail (n int);
GRANT SELECT ON lab.q_mail TO anon;
