-- expects: bad public.lab_users | anon reads password_hash +1
-- expects: bad public."Mixed ""Case" | anon reads userToken
-- expects: bad public.lab_cards | anon reads cardNumber +2
-- expects: bad public.lab_granted | anon reads api-key
-- expects: watch lab_side.people
CREATE ROLE anon;
CREATE ROLE authenticated;
GRANT USAGE ON SCHEMA public TO anon;
-- names of several words, which splinter misses
CREATE TABLE public.lab_users (id int, password_hash text, user_token text, display text);
CREATE TABLE public."Mixed ""Case" (id int, "userToken" text);
CREATE TABLE public.lab_cards ("cardNumber" bigint, cvv int, iban text);
GRANT SELECT ON public.lab_users, public."Mixed ""Case", public.lab_cards TO anon;
CREATE TABLE public.lab_granted (id int, "api-key" text, passphrase text);
GRANT SELECT (id, "api-key") ON public.lab_granted TO PUBLIC;
CREATE SCHEMA lab_side;
GRANT USAGE ON SCHEMA lab_side TO authenticated;
CREATE TABLE lab_side.people (id int, date_of_birth date);
GRANT SELECT ON lab_side.people TO authenticated;
-- good: what splinter takes for health data, counts, times, parts of words, no right on the column, row security
CREATE TABLE public.lab_good (id int, treatment text, tokens int, token_count int, password_changed_at timestamptz,
    has_password boolean, tokenizer text, keyboard text, secretary text, compass text, accounting text, discard text, passport_url text);
GRANT SELECT ON public.lab_good TO anon;
CREATE TABLE public.lab_columns (id int, password text);
GRANT SELECT (id) ON public.lab_columns TO anon;
CREATE TABLE public.lab_closed (id int, password text);
ALTER TABLE public.lab_closed ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON public.lab_closed TO anon;
CREATE TABLE public.lab_private (id int, password text);
