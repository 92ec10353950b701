"""What pg-index-health, pghero, pg-extras and Supabase's report judge of a database is found here.

Each check of theirs has a rule of ours (peer_checks.py), and what they judge of indexes, keys and columns is found on the
same objects: one schema with a bad object for each of these, and beside them cases they report without cause. The objects
are ours. Checks that need traffic, sessions or replication have tests where those are made.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import asyncpg
import pytest
from peer_checks import FOUND_BY

from cryotui.audit import audit, rule, rules


class Check(NamedTuple):
    """A check of a peer's: the rule of ours, bad objects, what is found of them, what must not be found."""

    name: str
    rule: str
    sql: str
    found: tuple[str, ...]
    silent: tuple[str, ...] = ()


CHECKS = (
    Check(
        "invalid indexes (all three)", "int-invalid-index",
        "CREATE TABLE lab.broken (a int); CREATE INDEX broken_a ON lab.broken (a);"
        "UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = 'lab.broken_a'::regclass",
        ("lab.broken_a",),
    ),
    Check(
        "invalid constraints (pghero), NOT_VALID_CONSTRAINTS (pg-index-health)", "int-constraint-not-valid",
        "CREATE TABLE lab.unproved (a int); ALTER TABLE lab.unproved ADD CONSTRAINT positive CHECK (a > 0) NOT VALID",
        ("lab.unproved positive",),
    ),
    Check(
        "duplicate indexes (all three)", "perf-duplicate-index",
        "CREATE TABLE lab.twice (a int, b int, c text); CREATE INDEX twice_a ON lab.twice (a);"
        "CREATE INDEX twice_again ON lab.twice (a); CREATE UNIQUE INDEX twice_u ON lab.twice (b);"
        "CREATE INDEX twice_under ON lab.twice (b)",
        ("lab.twice_again", "lab.twice_under"), ("lab.twice_u",),
    ),
    Check(
        "INTERSECTED_INDEXES, duplicate_indexes by prefix (pghero)", "perf-redundant-index",
        "CREATE TABLE lab.wide (a text, b int); CREATE INDEX wide_a ON lab.wide (a); CREATE INDEX wide_ab ON lab.wide (a, b);"
        "CREATE INDEX wide_like ON lab.wide (a text_pattern_ops)",
        ("lab.wide_a",), ("lab.wide_like",),
    ),
    Check(
        "FOREIGN_KEYS_WITHOUT_INDEX, missing_fk_indexes (pg-extras)", "perf-fk-unindexed",
        "CREATE TABLE lab.parent (id int PRIMARY KEY, a int, b int, UNIQUE (a, b));"
        "CREATE TABLE lab.child (p int REFERENCES lab.parent, a int, b int, c int,"
        " FOREIGN KEY (a, b) REFERENCES lab.parent (a, b)); CREATE INDEX ON lab.child (a, c, b)",
        ("lab.child.p", "lab.child(a, b)"),
    ),
    Check(
        "DUPLICATED_FOREIGN_KEYS", "int-duplicate-fk",
        "ALTER TABLE lab.child ADD CONSTRAINT again FOREIGN KEY (p) REFERENCES lab.parent", ("lab.child again",),
    ),
    Check("FOREIGN_KEYS_WITH_NULL_VALUES", "int-fk-nullable-composite", "", ("lab.child child_a_b_fkey",)),
    Check(
        "FOREIGN_KEYS_WITH_UNMATCHED_COLUMN_TYPE", "int-fk-type-mismatch",
        "CREATE TABLE lab.big (id bigint PRIMARY KEY); CREATE TABLE lab.small (p int REFERENCES lab.big)",
        ("lab.small small_p_fkey",),
    ),
    Check(
        "missing_fk_constraints (pg-extras)", "int-missing-fk-candidate",
        "CREATE TABLE lab.vials (id int PRIMARY KEY); CREATE TABLE lab.labels (id int PRIMARY KEY, vial_id int);"
        "INSERT INTO lab.vials SELECT generate_series(1, 500);"
        "INSERT INTO lab.labels SELECT n, n FROM generate_series(1, 500) AS n; ANALYZE lab.vials; ANALYZE lab.labels",
        ("lab.labels.vial_id",),
    ),
    Check("TABLES_WITHOUT_PRIMARY_KEY", "int-no-primary-key", "", ("lab.broken", "lab.twice"), ("lab.parent",)),
    Check(
        "BTREE_INDEXES_ON_ARRAY_COLUMNS", "perf-btree-on-array",
        "CREATE TABLE lab.words (list text[], once text[] UNIQUE); CREATE INDEX words_list ON lab.words (list)",
        ("lab.words_list",), ("lab.words_once_key",),
    ),
    Check(
        "INDEXES_WITH_NULL_VALUES, null_indexes (pg-extras)", "perf-index-mostly-null",
        "CREATE TABLE lab.gaps (a int, b int); INSERT INTO lab.gaps SELECT CASE WHEN n % 10 = 0 THEN n END, n"
        " FROM generate_series(1, 5000) AS n;"
        "CREATE INDEX gaps_a ON lab.gaps (a); CREATE INDEX gaps_b ON lab.gaps (b); ANALYZE lab.gaps",
        ("lab.gaps_a",), ("lab.gaps_b",),
    ),
    Check(
        "unused indexes (all three)", "perf-unused-index",
        "CREATE TABLE lab.idle (a int, b int UNIQUE); CREATE INDEX idle_a ON lab.idle (a)",
        ("lab.idle_a",), ("lab.idle_b_key",),
    ),
    Check(
        "SEQUENCE_OVERFLOW, sequence_danger (pghero)", "cap-sequence-exhaustion",
        "CREATE TABLE lab.counted (id serial PRIMARY KEY); SELECT setval('lab.counted_id_seq', 2000000000)",
        ("lab.counted_id_seq",),
    ),
    Check(
        "COLUMNS_WITH_TIMESTAMP_OR_TIMETZ_TYPE", "sch-type-timestamp",
        "CREATE TABLE lab.dated (at timestamp, good timestamptz)", ("lab.dated",),
    ),
    Check("UNLOGGED_TABLES", "bak-unlogged-table", "CREATE UNLOGGED TABLE lab.lost (a int)", ("lab.lost",)),
    Check(
        "INTERSECTED_FOREIGN_KEYS", "int-overlapping-fk",
        "ALTER TABLE lab.parent ADD UNIQUE (a, id); CREATE TABLE lab.crossing (a int, b int, c int,"
        " CONSTRAINT ab FOREIGN KEY (a, b) REFERENCES lab.parent (a, b),"
        " CONSTRAINT ac FOREIGN KEY (a, c) REFERENCES lab.parent (a, id))",
        ("lab.crossing ab",),
    ),
    Check(
        "INDEXES_WITH_BOOLEAN", "perf-index-low-cardinality",
        "CREATE TABLE lab.flags (done bool, at int);"
        "INSERT INTO lab.flags SELECT n % 9 = 0, n FROM generate_series(1, 5000) AS n;"
        "CREATE INDEX flags_done ON lab.flags (done); CREATE INDEX flags_at ON lab.flags (at); ANALYZE lab.flags",
        ("lab.flags_done",), ("lab.flags_at",),
    ),
    Check(
        "INDEXES_WITH_TIMESTAMP_IN_THE_MIDDLE", "perf-index-range-before-equality",
        "CREATE TABLE lab.events (id int PRIMARY KEY, at timestamptz, kind int);"
        "CREATE INDEX events_at_kind ON lab.events (at, kind); CREATE INDEX events_page ON lab.events (at, id)",
        ("lab.events_at_kind",), ("lab.events_page",),
    ),
    Check(
        "INDEXES_WITH_UNNECESSARY_WHERE_CLAUSE", "perf-index-useless-predicate",
        "CREATE INDEX events_sure ON lab.events (kind) WHERE id IS NOT NULL;"
        "CREATE INDEX events_known ON lab.events (kind) WHERE kind IS NOT NULL",
        ("lab.events_sure",), ("lab.events_known",),
    ),
    Check("UNLOGGED_SEQUENCES", "int-unlogged-sequence", "CREATE UNLOGGED SEQUENCE lab.reset", ("lab.reset",)),
    Check(
        "large objects of no row, seen beside COLUMNS_WITH_BLOB_TYPE", "int-orphan-large-objects", "SELECT lo_create(0)",
        ("large objects",),
    ),
    Check("database_size (pghero)", "cap-db-size", "", ("database",)),
    Check(
        "role-stats (Supabase's report)", "cfg-role-db-overrides",
        "CREATE ROLE lab_hasty; ALTER ROLE lab_hasty SET synchronous_commit = off",
        ("synchronous_commit of ROLE lab_hasty",),
    ),
    Check("cache hit (pghero, pg-extras, Supabase's report)", "perf-cache-hit", "", ("shared_buffers",)),
)  # fmt: skip
LIMITS = {
    "perf-unused-index.mb": 0,
    "perf-unused-index.days": 0,
    "perf-index-mostly-null.mb": 0,
    "perf-index-low-cardinality.mb": 0,
    "cap-db-size.gb": 0,
    "perf-cache-hit.share": 1.01,
    "perf-cache-hit.pages": 1,
}
"""The objects are small and the counters as old as the server."""


@pytest.mark.parametrize("advisor", FOUND_BY)
def test_every_check_of_another_advisor_has_a_rule_that_finds_the_same(advisor: str) -> None:
    known = {found.id for found in rules()}
    missing = {check: ids for check, ids in FOUND_BY[advisor].items() if not set(ids.split()) <= known}
    assert missing == {}


def test_what_is_shown_on_an_object_is_claimed() -> None:
    claimed = {rule_id for checks in FOUND_BY.values() for ids in checks.values() for rule_id in ids.split()}
    assert {check.rule for check in CHECKS} <= claimed


async def test_what_the_advisors_of_indexes_and_keys_detect_is_found_on_the_same_objects(
    inside: asyncpg.Connection[Any],
) -> None:
    await inside.execute("CREATE SCHEMA lab;" + "".join(f"{check.sql};" for check in CHECKS if check.sql))
    run = await audit(inside, [rule(check.rule) for check in CHECKS], limits=LIMITS)
    assert [result.missing for result in run.unchecked] == []
    found: dict[str, set[str]] = {}
    for finding in run.counted:
        found.setdefault(finding.rule, set()).add(finding.object)
    missed = {check.name: set(check.found) - found.get(check.rule, set()) for check in CHECKS}
    assert {name: objects for name, objects in missed.items() if objects} == {}
    wrong = {check.name: set(check.silent) & found.get(check.rule, set()) for check in CHECKS}
    assert {name: objects for name, objects in wrong.items() if objects} == {}
