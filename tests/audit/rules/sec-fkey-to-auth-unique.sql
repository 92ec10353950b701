-- expects: watch lab.profile profile_email_fkey | refers to auth.users
-- expects: watch lab."Mixed ""Case" "of ""whom" | refers to auth.users
-- expects: watch lab.root root_email_fkey | refers to auth.users
CREATE SCHEMA auth;
CREATE TABLE auth.users (id uuid PRIMARY KEY, email text UNIQUE, phone text);
CREATE UNIQUE INDEX users_phone ON auth.users (phone);
CREATE SCHEMA lab;
CREATE TABLE lab.profile (id int PRIMARY KEY, email text REFERENCES auth.users (email) ON DELETE CASCADE);
CREATE TABLE lab."Mixed ""Case" (phone text, CONSTRAINT "of ""whom" FOREIGN KEY (phone) REFERENCES auth.users (phone));
-- a partitioned table is one finding
CREATE TABLE lab.root (email text REFERENCES auth.users (email)) PARTITION BY LIST (email);
CREATE TABLE lab.leaf PARTITION OF lab.root DEFAULT;
-- good: to the primary key, within auth, to a unique column of the user's own
CREATE TABLE lab.good (id uuid PRIMARY KEY REFERENCES auth.users);
CREATE TABLE auth.identities (email text REFERENCES auth.users (email));
CREATE TABLE lab.code (name text UNIQUE);
CREATE TABLE lab.uses (name text REFERENCES lab.code (name));
