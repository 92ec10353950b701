"""The parameters of a connection string: what libpq 18 knows, where each may come from, and what happens to each here.

libpq knows 50 keywords. A keyword's value comes from the connection string, else the service file, else the
environment, else a default. The tables below say which values are allowed, which parameters are refused because they
protect the user and cannot be kept, and which foreign ones (of ORMs and other drivers) are dropped.
"""

from __future__ import annotations

from typing import Final

ENVIRONMENT: Final = {
    "service": "PGSERVICE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "channel_binding": "PGCHANNELBINDING",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "dbname": "PGDATABASE",
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "client_encoding": "PGCLIENTENCODING",
    "options": "PGOPTIONS",
    "application_name": "PGAPPNAME",
    "sslmode": "PGSSLMODE",
    "sslnegotiation": "PGSSLNEGOTIATION",
    "sslcompression": "PGSSLCOMPRESSION",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslcertmode": "PGSSLCERTMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcrl": "PGSSLCRL",
    "sslcrldir": "PGSSLCRLDIR",
    "sslsni": "PGSSLSNI",
    "requirepeer": "PGREQUIREPEER",
    "require_auth": "PGREQUIREAUTH",
    "min_protocol_version": "PGMINPROTOCOLVERSION",
    "max_protocol_version": "PGMAXPROTOCOLVERSION",
    "ssl_min_protocol_version": "PGSSLMINPROTOCOLVERSION",
    "ssl_max_protocol_version": "PGSSLMAXPROTOCOLVERSION",
    "gssencmode": "PGGSSENCMODE",
    "krbsrvname": "PGKRBSRVNAME",
    "gsslib": "PGGSSLIB",
    "gssdelegation": "PGGSSDELEGATION",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "load_balance_hosts": "PGLOADBALANCEHOSTS",
}

KEYWORDS: Final = frozenset(ENVIRONMENT) | {
    "fallback_application_name",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
    "sslpassword",
    "replication",
    "scram_client_key",
    "scram_server_key",
    "oauth_issuer",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_scope",
    "sslkeylogfile",
}

ALLOWED: Final = {
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "sslnegotiation": ("postgres", "direct"),
    "sslcertmode": ("disable", "allow", "require"),
    "channel_binding": ("disable", "prefer", "require"),
    "gssencmode": ("disable", "prefer", "require"),
    "target_session_attrs": ("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
    "load_balance_hosts": ("disable", "random"),
    "gsslib": ("gssapi", "sspi"),
}

FOREIGN: Final = frozenset(
    {
        # Prisma
        "pgbouncer",
        "connection_limit",
        "pool_timeout",
        "schema",
        "socket_timeout",
        "statement_cache_size",
        # Supabase, Vercel
        "supa",
        "workaround",
        # node-postgres, SQLx, pgx, Rails, SQLAlchemy, Django
        "uselibpqcompat",
        "statement-cache-capacity",
        "statement_cache_capacity",
        "default_query_exec_mode",
        "pool",
        "pool_size",
        "pool_max_conns",
        "pool_min_conns",
        "pool_mode",
        "pool_recycle",
        "max_conns",
        "max_overflow",
        "prepared_statements",
        "prepared_statement_cache_size",
        "conn_max_age",
        # JDBC, lib/pq
        "prepareThreshold",
        "preferQueryMode",
        "currentSchema",
        "ApplicationName",
        "binary_parameters",
    }
)
