-- What the platform brings: accounts and their tokens, files, messages, and who the caller of the API is.

BEGIN;
SET LOCAL ROLE supabase_auth_admin;

CREATE TABLE auth.users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email text UNIQUE,
    encrypted_password text,
    email_confirmed_at timestamptz,
    last_sign_in_at timestamptz,
    raw_app_meta_data jsonb,
    raw_user_meta_data jsonb,
    role text DEFAULT 'authenticated',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE auth.identities (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    provider text NOT NULL,
    identity_data jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE auth.sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    user_agent text,
    refreshed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 85);
CREATE TABLE auth.refresh_tokens (
    id bigserial PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES auth.sessions ON DELETE CASCADE,
    token text NOT NULL UNIQUE,
    revoked boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE auth.audit_log_entries (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    payload jsonb NOT NULL,
    ip_address text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb
$$;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT nullif(auth.jwt() ->> 'sub', '')::uuid
$$;
CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT auth.jwt() ->> 'role'
$$;

INSERT INTO auth.users (id, email, encrypted_password, email_confirmed_at, last_sign_in_at, raw_app_meta_data,
                        raw_user_meta_data, created_at)
SELECT md5('user' || n)::uuid, 'user' || n || '@lab.example', '$2a$10$' || left(md5('salt' || n) || md5('hash' || n), 53),
       now() - interval '300 days', now() - n % 90 * interval '1 day', '{"provider": "email"}',
       jsonb_build_object('name', 'Scientist ' || n), now() - interval '300 days'
FROM generate_series(1, 2000) n;
INSERT INTO auth.identities (id, user_id, provider, identity_data)
SELECT md5('identity' || n)::uuid, md5('user' || n)::uuid, 'email', jsonb_build_object('email', 'user' || n || '@lab.example')
FROM generate_series(1, 2000) n;
INSERT INTO auth.sessions (id, user_id, user_agent, refreshed_at, created_at)
SELECT md5('session' || n)::uuid, md5('user' || 1 + n % 2000)::uuid, 'cryoprotect-web/2.' || n % 9,
       now() - n % 48 * interval '1 hour', now() - n % 30 * interval '1 day'
FROM generate_series(1, 5000) n;
INSERT INTO auth.refresh_tokens (session_id, token, revoked, created_at)
SELECT md5('session' || 1 + n % 5000)::uuid, left(md5('token' || n), 22), n % 4 > 0, now() - n % 30 * interval '1 day'
FROM generate_series(1, 12000) n;
INSERT INTO auth.audit_log_entries (id, payload, ip_address, created_at)
SELECT md5('audit' || n)::uuid,
       jsonb_build_object('action', (ARRAY['login', 'token_refreshed', 'logout', 'login_failed'])[1 + n % 4],
                          'actor_id', md5('user' || 1 + n % 2000)::uuid),
       '10.0.3.' || n % 250, now() - n * interval '90 seconds'
FROM generate_series(1, 20000) n;

CREATE INDEX identities_user_id_idx ON auth.identities (user_id);
CREATE INDEX sessions_user_id_idx ON auth.sessions (user_id);
CREATE INDEX refresh_tokens_session_id_idx ON auth.refresh_tokens (session_id);
CREATE INDEX audit_logs_created_at_idx ON auth.audit_log_entries (created_at);
GRANT REFERENCES, SELECT (id) ON auth.users TO lab_owner;

SET LOCAL ROLE supabase_storage_admin;
CREATE TABLE storage.buckets (
    id text PRIMARY KEY,
    name text NOT NULL UNIQUE,
    public boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE storage.objects (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    bucket_id text NOT NULL REFERENCES storage.buckets,
    name text NOT NULL,
    owner_id uuid,
    metadata jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (bucket_id, name)
);
INSERT INTO storage.buckets (id, name) VALUES ('protocols', 'protocols'), ('raw-data', 'raw-data');
INSERT INTO storage.objects (id, bucket_id, name, owner_id, metadata)
SELECT md5('object' || n)::uuid, (ARRAY['protocols', 'raw-data'])[1 + n % 2], 'run-' || n || '.csv',
       md5('user' || 1 + n % 2000)::uuid, jsonb_build_object('size', 1000 + n * 37 % 900000, 'mimetype', 'text/csv')
FROM generate_series(1, 6000) n;
ALTER TABLE storage.buckets ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_files ON storage.objects FOR SELECT TO authenticated
    USING (bucket_id = 'protocols' AND owner_id = (SELECT auth.uid()));
GRANT SELECT ON storage.buckets, storage.objects TO authenticated;

SET LOCAL ROLE supabase_admin;
CREATE TABLE realtime.messages (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    topic text NOT NULL,
    payload jsonb,
    inserted_at timestamptz NOT NULL DEFAULT now()
);
COMMIT;
