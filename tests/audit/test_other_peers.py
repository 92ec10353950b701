"""What pg-index-health, pghero and pg-extras judge of indexes, keys and columns is found here on the same objects.

One schema with a bad object for each of their checks; the cases they report without cause are beside them. The objects
are ours. Checks that need traffic, sessions or replication have tests where those are made.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import asyncpg

from cryotui.audit import audit, rule


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
    Check("cache hit (pghero, pg-extras, Supabase's report)", "perf-cache-hit", "", ("shared_buffers",)),
)  # fmt: skip
LIMITS = {
    "perf-unused-index.mb": 0,
    "perf-unused-index.days": 0,
    "perf-index-mostly-null.mb": 0,
    "perf-cache-hit.share": 1.01,
    "perf-cache-hit.pages": 1,
}
"""The objects are small and the counters as old as the server."""


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
