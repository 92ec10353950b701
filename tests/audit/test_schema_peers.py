"""What pg-index-health judges of names, types and the shape of tables is found here on the same objects.

A finding of a whole schema names its objects; those of one table or column are it. One schema with a bad object for each
check, and beside them the cases that are reported without cause. The objects are ours, the names of the checks theirs.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import asyncpg

from cryotui.audit import audit, rule
from cryotui.model.finding import Finding


class Check(NamedTuple):
    """A check of theirs: the rule of ours, bad objects, what is found of them, what must not be found."""

    name: str
    rule: str
    sql: str
    found: tuple[str, ...]
    silent: tuple[str, ...] = ()


CHECKS = (
    Check("COLUMNS_WITH_JSON_TYPE", "sch-type-json", "CREATE TABLE lab.j (a json, b jsonb)", ("lab.j",)),
    Check("COLUMNS_WITH_CHAR_TYPE", "sch-type-char-n", "CREATE TABLE lab.c (a char(3), b char)", ("lab.c",)),
    Check(
        "COLUMNS_WITH_FIXED_LENGTH_VARCHAR", "sch-type-varchar-n", "CREATE TABLE lab.v (a varchar(9), b varchar, c text)",
        ("lab.v.a",), ("lab.v.b", "lab.v.c"),
    ),
    Check("COLUMNS_WITH_MONEY_TYPE", "sch-type-money", "CREATE TABLE lab.m (a money, b numeric)", ("lab.m",)),
    Check(
        "PRIMARY_KEYS_WITH_SERIAL_TYPES, COLUMNS_WITH_SERIAL_TYPES", "sch-serial",
        "CREATE TABLE lab.s (a serial PRIMARY KEY, b bigserial, c int GENERATED ALWAYS AS IDENTITY)",
        ("lab.s.a", "lab.s.b"), ("lab.s.c",),
    ),
    Check("COLUMNS_WITH_BLOB_TYPE", "sch-large-object-column", "CREATE TABLE lab.l (a oid, b bytea)", ("lab.l",)),
    Check(
        "PRIMARY_KEYS_WITH_VARCHAR", "sch-uuid-as-text",
        "CREATE TABLE lab.u (a varchar(36) PRIMARY KEY); CREATE TABLE lab.u_32 (a varchar(32) PRIMARY KEY);"
        "CREATE TABLE lab.u_38 (a varchar(38) PRIMARY KEY); CREATE TABLE lab.u_40 (a varchar(40) PRIMARY KEY)",
        ("lab.u", "lab.u_32", "lab.u_38"), ("lab.u_40",),
    ),
    Check(
        "PRIMARY_KEYS_THAT_MOST_LIKELY_NATURAL_KEYS", "sch-natural-key",
        "CREATE TABLE lab.n (a text, b int, PRIMARY KEY (a, b)); CREATE TABLE lab.n_day (a int, b date, PRIMARY KEY (a, b))"
        " PARTITION BY RANGE (b)",
        ("lab.n", "lab.u"), ("lab.n_day", "lab.s"),
    ),
    Check(
        "TABLES_WHERE_PRIMARY_KEY_COLUMNS_NOT_FIRST", "sch-pk-not-first",
        "CREATE TABLE lab.k (a int, b int PRIMARY KEY)", ("lab.k",), ("lab.n",),
    ),
    Check(
        "TABLES_WHERE_ALL_COLUMNS_NULLABLE_EXCEPT_PK", "sch-all-nullable",
        "CREATE TABLE lab.a (a int PRIMARY KEY, b int, c text); CREATE TABLE lab.a_none (a int, b int)",
        ("lab.a",), ("lab.a_none",),
    ),
    Check(
        "TABLES_WITH_ZERO_OR_ONE_COLUMN", "sch-few-columns", "CREATE TABLE lab.f (); CREATE TABLE lab.f_one (a int)",
        ("lab.f", "lab.f_one"), ("lab.a",),
    ),
    Check(
        "TABLES_WITH_INCREMENTING_COLUMNS", "sch-repeating-columns",
        "CREATE TABLE lab.r (line1 text, line2 text); CREATE TABLE lab.r_hash (sha256 text, md5 text)",
        ("lab.r",), ("lab.r_hash",),
    ),
    Check(
        "COLUMNS_WITH_INCONSISTENT_TYPES", "sch-inconsistent-types",
        "CREATE TABLE lab.i (order_id int, weight float8); CREATE TABLE lab.i_two (order_id bigint, weight numeric)",
        ("order_id", "weight"),
    ),
    Check(
        "TABLES_NOT_LINKED_TO_OTHERS", "sch-table-unlinked",
        "CREATE TABLE lab.t (a int PRIMARY KEY); CREATE TABLE lab.t_child (a int REFERENCES lab.t)",
        ("lab.j", "lab.n_day"), ("lab.t", "lab.t_child"),
    ),
    Check(
        "TABLES_WITH_NO_DATA", "sch-empty-table", "CREATE TABLE lab.e (a int); CREATE TABLE lab.e_full (a int);"
        "INSERT INTO lab.e_full VALUES (1)",
        ("lab.e", "lab.n_day"), ("lab.e_full",),
    ),
    Check(
        "TABLES_WITH_INHERITANCE", "sch-table-inheritance",
        "CREATE TABLE lab.h (a int); CREATE TABLE lab.h_child () INHERITS (lab.h)",
        ("lab.h",), ("lab.n_day",),
    ),
    Check(
        "SELF_REFERENCED_FOREIGN_KEYS", "sch-self-fk-no-action",
        "CREATE TABLE lab.x (a int PRIMARY KEY, b int REFERENCES lab.x)", ("lab.x x_b_fkey",), ("lab.t_child t_child_a_fkey",),
    ),
    Check(
        "OBJECTS_NOT_FOLLOWING_NAMING_CONVENTION, COLUMNS_NOT_FOLLOWING_NAMING_CONVENTION", "sch-name-quoting",
        'CREATE TABLE lab."Q" ("b c" int); CREATE VIEW lab."Q seen" AS SELECT 1 AS one; CREATE SEQUENCE lab."Q-seq";'
        'CREATE INDEX "Q.index" ON lab.x (b); CREATE FUNCTION lab."doIt"() RETURNS int LANGUAGE sql AS \'SELECT 1\';'
        'ALTER TABLE lab.x ADD CONSTRAINT "X check" CHECK (a > 0)',
        (
            'lab."Q"', 'lab."Q"."b c"', 'lab."Q seen"', 'lab."Q-seq"', 'lab."Q.index"', 'lab."doIt"()', 'lab.x "X check"',
        ),
        ("lab.x",),
    ),
    Check(
        "POSSIBLE_OBJECT_NAME_OVERFLOW", "sch-name-max-length",
        f"CREATE TABLE lab.{'o' * 63} (a int); CREATE TABLE lab.{'p' * 62} (a int)", (f"lab.{'o' * 63}",), (f"lab.{'p' * 62}",),
    ),
    Check(
        "TABLES_WITHOUT_DESCRIPTION, COLUMNS_WITHOUT_DESCRIPTION, FUNCTIONS_WITHOUT_DESCRIPTION", "sch-missing-comment",
        "COMMENT ON TABLE lab.a IS 'Told.'; COMMENT ON COLUMN lab.a.b IS 'Told.'",
        ("lab.a.a", "lab.a.c", "lab.e", 'lab."doIt"()'), ("lab.a", "lab.a.b"),
    ),
)  # fmt: skip


def _names(finding: Finding) -> set[str]:
    return {finding.object, *map(str, finding.values.get("names") or ())}


async def test_what_pg_index_health_says_of_the_schema_is_found_on_the_same_objects(
    inside: asyncpg.Connection[Any],
) -> None:
    await inside.execute("CREATE SCHEMA lab;" + "".join(f"{check.sql};" for check in CHECKS))
    run = await audit(inside, [rule(check.rule) for check in CHECKS])
    assert [result.missing for result in run.unchecked] == []
    found: dict[str, set[str]] = {}
    for finding in run.counted:
        found.setdefault(finding.rule, set()).update(_names(finding))
    missed = {check.name: set(check.found) - found.get(check.rule, set()) for check in CHECKS}
    assert {name: objects for name, objects in missed.items() if objects} == {}
    wrong = {check.name: set(check.silent) & found.get(check.rule, set()) for check in CHECKS}
    assert {name: objects for name, objects in wrong.items() if objects} == {}


async def test_five_hundred_tables_of_one_taste_are_one_finding(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute(
        "CREATE SCHEMA lab; DO $$BEGIN FOR n IN 1..500 LOOP"
        ' EXECUTE format(\'CREATE TABLE lab."Table %s" (id serial PRIMARY KEY, "userName" varchar(20), doc json)\', n);'
        " END LOOP; END$$"
    )
    taste = (
        "sch-serial",
        "sch-name-quoting",
        "sch-type-varchar-n",
        "sch-type-json",
        "sch-all-nullable",
        "sch-empty-table",
    )
    run = await audit(inside, [rule(name) for name in (*taste, "sch-missing-comment", "sch-table-unlinked")])
    assert sorted(finding.rule for finding in run.counted) == sorted(result.rule for result in run.results)
    assert {finding.object for finding in run.counted} == {"lab"}
    serial = next(finding for finding in run.counted if finding.rule == "sch-serial")
    assert (serial.evidence, serial.fix, len(serial.values["names"])) == ("500 columns", None, 100)
    each = await audit(inside, [rule("sch-type-json")], limits={"sch-type-json.tables": 1000})
    assert len({finding.fix for finding in each.counted}) == 500


async def test_what_an_extension_or_the_platform_made_in_its_way_is_not_the_users_fault(
    inside: asyncpg.Connection[Any],
) -> None:
    await inside.execute(
        "CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE service_role; CREATE SCHEMA auth; CREATE SCHEMA lab;"
        'CREATE TABLE auth.users (id serial PRIMARY KEY, "rawData" json); CREATE EXTENSION pg_stat_statements SCHEMA lab;'
        'CREATE TABLE lab."Own" (id int); CREATE TABLE lab.made (id serial, "Column" json);'
        "ALTER EXTENSION pg_stat_statements ADD TABLE lab.made"
    )
    run = await audit(inside, [rule(name) for name in ("sch-serial", "sch-name-quoting", "sch-type-json")])
    assert [(finding.rule, finding.object) for finding in run.counted] == [("sch-name-quoting", "lab")]
    assert run.counted[0].values["names"] == ['lab."Own"']
    assert {(finding.rule, finding.object) for finding in run.findings if finding.managed} == {
        ("sch-serial", "auth"), ("sch-name-quoting", "auth"), ("sch-type-json", "auth.users"),
    }  # fmt: skip
