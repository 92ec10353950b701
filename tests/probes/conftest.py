"""A database with everything the probes ask about, on each major, and a standby of the newest."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from hostile_names import HOSTILE, quoted
from servers import new_cluster, standby_of

from cryotui.demo.cluster import Cluster

CONTRACT = """
CREATE TABLE molecules (id int PRIMARY KEY, name text NOT NULL DEFAULT 'x', "order" int, weight numeric(9, 3));
INSERT INTO molecules SELECT n, md5(n::text), n % 7, n FROM generate_series(1, 20000) n;
CREATE INDEX molecules_name_idx ON molecules (name DESC) INCLUDE ("order") WHERE name IS NOT NULL;
CREATE INDEX molecules_lower_idx ON molecules (lower(name), id);
CREATE TABLE readings (id bigint, taken date NOT NULL, molecule_id int REFERENCES molecules ON DELETE CASCADE, body text)
  PARTITION BY RANGE (taken);
CREATE TABLE readings_2025 PARTITION OF readings FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')
  WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_enabled = off);
CREATE INDEX readings_taken_idx ON readings (taken);
INSERT INTO readings SELECT n, date '2025-01-01' + n % 300, 1 + n % 20000, repeat('x', n % 50) FROM generate_series(1, 5000) n;
CREATE MATERIALIZED VIEW molecule_weights AS SELECT id, weight FROM molecules;
CREATE UNLOGGED TABLE scratch (v int);
CREATE SCHEMA auth;
CREATE TABLE auth.users (id int PRIMARY KEY);
ALTER TABLE molecules ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON molecules TO PUBLIC USING (id > 0) WITH CHECK (id > 0);
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON molecules FOR EACH ROW EXECUTE FUNCTION touched();
COMMENT ON TABLE molecules IS 'what is kept cold';
"""
ROLES = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lab_monitor') THEN
    CREATE ROLE lab_monitor LOGIN IN ROLE pg_monitor;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lab_nobody') THEN CREATE ROLE lab_nobody LOGIN; END IF;
END $$
"""


def build(cluster: Cluster, name: str = "contract") -> str:
    """Make the database on a cluster; gives its URI."""
    with psycopg.connect(cluster.uri(), autocommit=True) as connection:
        connection.execute(ROLES)
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    uri = cluster.uri(name)
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA extensions")
        connection.execute("GRANT USAGE ON SCHEMA extensions TO PUBLIC")
        for extension in ("pg_stat_statements", "pgstattuple"):
            connection.execute(f"CREATE EXTENSION {extension} SCHEMA extensions")
        for statement in CONTRACT.split(";\n"):
            connection.execute(statement)  # type: ignore[call-overload]
        for name in HOSTILE:
            connection.execute(f"CREATE TABLE {quoted(name)} ({quoted(name)} int)")
            connection.execute(f"CREATE INDEX ON {quoted(name)} ({quoted(name)})")
        connection.execute("VACUUM ANALYZE")
    return uri


@pytest.fixture(scope="session")
def contract(pg_all: Cluster) -> str:
    """The URI of the database with everything, on each major."""
    return build(pg_all)


@pytest.fixture(scope="session")
def hot_standby() -> Iterator[str]:
    """The URI of the database with everything on a standby of the newest server."""
    with new_cluster() as primary:
        build(primary)
        with standby_of(primary) as standby:
            yield standby.uri("contract")
