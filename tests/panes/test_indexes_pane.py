"""Indexes on a real server: one remark each, the worst first; what is unused, there twice, invalid; keys without index."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from asking import fetch, run
from hostile_names import HOSTILE, quoted
from live_pane import LivePane, live

from cryotui.model.layout import row_marks
from cryotui.model.pane import Column, Moment, Table
from cryotui.model.sample import Missing, Row, Sample
from cryotui.model.text import cells, clean
from cryotui.panes.index_columns import COLUMNS, FOREIGN_KEY_COLUMNS
from cryotui.panes.indexes import PANE
from cryotui.probes import probe

DAY = 86400.0
MB = 1024 * 1024
MOLECULES = (
    "CREATE TABLE molecules (id int PRIMARY KEY, smiles text, mass float8, batch int)",
    "INSERT INTO molecules SELECT n, md5(n::text), n, n % 9 FROM generate_series(1, 60000) n",
)


def index(moment: Moment, name: str) -> Row:
    return next(row for row in moment.rows("indexes") if row["index"] == name)


def column(name: str) -> Column:
    return next(one for one in COLUMNS if one.name == name)


def cell(moment: Moment, name: str, column_name: str) -> str:
    return column(column_name).text(index(moment, name), moment)


def marks(moment: Moment, name: str) -> dict[str, str]:
    return dict(row_marks(COLUMNS, index(moment, name), moment))


def counts(moment: Moment) -> dict[str, int | None]:
    return {view.name: view.count(moment) for view in PANE.views if view.count}


def aged(moment: Moment, seconds: float) -> Moment:
    """The moment with statistics that count for so long."""
    age = moment.samples["statistics_age"]
    row = {**dict(age.rows[0]), "stats_age": seconds}
    return replace(moment, samples={**moment.samples, "statistics_age": replace(age, rows=[row], _indexes={})})


def changed(moment: Moment, name: str, **fields: Any) -> Moment:
    """The moment with other fields in the row of one index."""
    sample = moment.samples["indexes"]
    rows = [{**dict(row), **fields} if row["index"] == name else row for row in sample.rows]
    return replace(moment, samples={**moment.samples, "indexes": replace(sample, rows=rows, _indexes={})})


async def detailed(pane: LivePane, row: Row, width: int = 120) -> str:
    if row.get("index_oid") is not None:
        asked = await pane.session.sample(probe("index_definition"), (row["index_oid"],))
        pane.moments.samples["index_definition"] = asked
    lines = [
        "".join(text for text, _ in line)
        for block in PANE.detail(row, pane.moment(), width)
        for line in getattr(block, "lines", ())
    ]
    assert not [line for line in lines if cells(line) > width]
    return "\n".join(lines)


async def test_every_index_has_one_remark_the_worst_first(database: str) -> None:
    run(
        database, *MOLECULES,
        "CREATE INDEX used ON molecules (mass)",
        "CREATE INDEX unused ON molecules (id, mass)",
        "CREATE INDEX twice ON molecules (smiles)",
        "CREATE INDEX twice_2 ON molecules (smiles)",
        "CREATE TABLE parents (id int PRIMARY KEY)",
        "CREATE TABLE children (id int, parent int REFERENCES parents)",
        "CREATE INDEX children_parent ON children (parent)",
        "VACUUM ANALYZE",
        *["SELECT * FROM molecules WHERE mass = 5", "SELECT * FROM molecules WHERE smiles = 'x'"] * 2,
        "CREATE INDEX wide ON molecules (mass, batch)",
    )  # fmt: skip
    with psycopg.connect(database, autocommit=True) as builder, contextlib.suppress(psycopg.errors.UniqueViolation):
        builder.execute("CREATE UNIQUE INDEX CONCURRENTLY broken ON molecules (batch)")
    async with live(database, "indexes") as pane:
        moment = aged(await pane.turn(), 41 * DAY)
        remarks = {row["index"]: cell(moment, row["index"], "remark") for row in moment.rows("indexes")}
        assert remarks["molecules_pkey"] == "primary key" and remarks["children_parent"] == "supports FK"
        assert remarks["unused"] == "unused 41d" and remarks["broken"] == "INVALID"
        assert remarks["used"] == "prefix of 1 wider" and remarks["wide"] == "unused 41d"
        assert {remarks["twice"], remarks["twice_2"]} & {"same as twice", "same as twice_2", "unused 41d"}
        assert marks(moment, "broken")["remark"] == "bad" and marks(moment, "unused")["remark"] == "watch"
        assert marks(moment, "molecules_pkey") == {} and marks(moment, "children_parent") == {}
        assert PANE.worst(moment) == "bad"
        assert counts(moment)["all"] == len(moment.rows("indexes")) and counts(moment)["invalid"] == 1
        assert counts(moment)["double"] == 2 and counts(moment)["fk-none"] == 0
        assert PANE.line(index(moment, "broken"), moment).startswith(
            "broken left by a failed CREATE INDEX CONCURRENTLY"
        )
        assert PANE.line(index(moment, "used"), moment).startswith("used is the beginning of wide; dropping it frees")
        assert "serves children_parent_fkey of children" in PANE.line(index(moment, "children_parent"), moment)


async def test_unused_is_marked_only_when_the_statistics_are_a_week_old_and_says_how_old(database: str) -> None:
    run(database, *MOLECULES, "CREATE INDEX idle ON molecules (mass)", "VACUUM ANALYZE")
    async with live(database, "indexes") as pane:
        young = await pane.turn()
        assert cell(young, "idle", "remark").startswith("unused ") and marks(young, "idle") == {}
        assert PANE.worst(young) is None and counts(young)["unused"] == 1 and "idle" in pane.text("unused")
        old = aged(young, 8 * DAY)
        assert marks(old, "idle")["remark"] == "watch" and PANE.worst(old) == "watch"
        assert PANE.line(index(old, "idle"), old).startswith("idle not scanned in 8d; it costs ")
        assert PANE.note(old) == "stats 8d"
        run(database, "SELECT * FROM molecules WHERE mass = 5")
        used = aged(await pane.turn(), 8 * DAY)
        assert not cell(used, "idle", "remark").startswith("unused")


async def test_what_a_constraint_or_a_foreign_key_needs_is_never_called_unused(database: str) -> None:
    run(
        database, *MOLECULES,
        "ALTER TABLE molecules ADD CONSTRAINT molecules_smiles_key UNIQUE (smiles)",
        "CREATE TABLE parts (id int, molecule int REFERENCES molecules, batch int)",
        "INSERT INTO parts SELECT n, 1 + n % 60000, n FROM generate_series(1, 60000) n",
        "CREATE INDEX parts_molecule ON parts (molecule)",
        "CREATE INDEX parts_molecule_batch ON parts (molecule, batch)",
        "VACUUM ANALYZE",
        "SELECT pg_stat_reset()",
    )  # fmt: skip
    async with live(database, "indexes") as pane:
        moment = aged(await pane.turn(), 41 * DAY)
        assert (
            cell(moment, "molecules_smiles_key", "remark") == "unique" and marks(moment, "molecules_smiles_key") == {}
        )
        # Of the two that serve the foreign key one may go; the other stays although nothing scans it.
        assert cell(moment, "parts_molecule", "remark") == "unused 41d"
        assert cell(moment, "parts_molecule_batch", "remark") == "supports FK"
        text = await detailed(pane, index(moment, "molecules_smiles_key"))
        assert "nothing: it is needed, though not scanned" in text and "constraint molecules_smiles_key" in text


async def test_the_last_scan_is_a_dash_before_server_16_and_now_never_or_an_age_since(database_all: str) -> None:
    run(
        database_all,
        *MOLECULES,
        "ANALYZE",
        "SELECT * FROM molecules WHERE id = 7",
        "CREATE INDEX idle ON molecules (batch)",
    )
    async with live(database_all, "indexes") as pane:
        moment = await pane.turn()
        texts = [cell(moment, name, "last_scan") for name in ("molecules_pkey", "idle")]
        assert texts == (["now", "never"] if moment.server.major >= 16 else ["-", "-"])
        assert cell(moment, "molecules_pkey", "scans") == "1" and cell(moment, "molecules_pkey", "rows_per_scan") == "1"
        assert cell(moment, "idle", "rows_per_scan") == "-"


async def test_an_index_under_construction_is_no_fault_and_one_that_cannot_be_told_is_unknown(database: str) -> None:
    run(database, *MOLECULES, "CREATE INDEX new ON molecules (batch)")
    async with live(database, "indexes") as pane:
        moment = await pane.turn()
    building = changed(moment, "new", valid=False, building=True, build_pid=4711, build_share=0.41)
    assert cell(building, "new", "remark") == "being built 41%" and marks(building, "new") == {"remark": "info"}
    assert PANE.line(index(building, "new"), building) == "new is being built by 4711; 8 Progress shows how far"
    unknown = changed(moment, "new", valid=False, building=None)
    assert marks(unknown, "new") == {"remark": "unknown"} and PANE.worst(unknown) == "unknown"
    assert "this role cannot tell" in PANE.line(index(unknown, "new"), unknown)
    standby = replace(unknown, server=replace(unknown.server, standby=True))
    assert PANE.line(index(standby, "new"), standby).endswith("or is being built: a standby cannot tell")
    leftover = changed(moment, "new", valid=False, building=False, index="new_ccnew")
    assert column("remark").text(index(leftover, "new_ccnew"), leftover) == "INVALID leftover"
    parts = changed(moment, "new", valid=False, building=False, partitioned=True)
    assert cell(parts, "new", "remark") == "INVALID, lacks parts"


async def test_bloat_is_marked_from_a_hundred_megabytes_and_a_measurement_replaces_the_estimate(database: str) -> None:
    run(
        database, "CREATE EXTENSION pgstattuple", *MOLECULES, "CREATE INDEX holes ON molecules (mass)", "VACUUM ANALYZE",
        "DELETE FROM molecules WHERE id % 4 > 0", "VACUUM ANALYZE molecules", "ANALYZE molecules",
    )  # fmt: skip
    async with live(database, "indexes") as pane:
        moment = await pane.turn()
        assert cell(moment, "holes", "bloat").startswith("≈7") and "bloat" not in marks(moment, "holes")
        assert "holes" in pane.text("bloat") and counts(moment)["bloat"] == 2
        large = changed(moment, "holes", size=200 * MB, constraint="x")
        assert (
            marks(large, "holes") == {"bloat": "bad", "remark": "bad"} and cell(large, "holes", "remark") == "bloated"
        )
        assert "a rebuild saves" in PANE.line(index(large, "holes"), large)
        oid = index(moment, "holes")["index_oid"]
        exact = (await pane.session.sample(probe("index_bloat_exact"), (oid,))).one
        pane.extra["exact_index_bloat"] = {oid: exact}
        assert not cell(pane.moment(), "holes", "bloat").startswith("≈")
        assert "by pgstattuple" in await detailed(pane, index(pane.moment(), "holes"))


async def test_foreign_keys_without_an_index_are_a_list_of_their_own(database: str) -> None:
    run(
        database, *MOLECULES,
        "CREATE TABLE parts (id int, molecule int REFERENCES molecules ON DELETE CASCADE)",
        "INSERT INTO parts SELECT n, 1 + n % 60000 FROM generate_series(1, 20000) n",
        "CREATE TABLE few (molecule int REFERENCES molecules)",
        "VACUUM ANALYZE",
    )  # fmt: skip
    async with live(database, "indexes") as pane:
        await pane.turn()
        moment = pane.moment("fk-none")
        text = pane.text("fk-none")
        assert counts(moment)["fk-none"] == 2
        block = PANE.blocks(moment, 80)[0]
        assert isinstance(block, Table) and block.columns == FOREIGN_KEY_COLUMNS
        row = next(row for row in block.rows if row["table"] == "parts")
        assert dict(row_marks(FOREIGN_KEY_COLUMNS, row, moment)) == {"rows": "watch"}
        assert not row_marks(FOREIGN_KEY_COLUMNS, next(one for one in block.rows if one["table"] == "few"), moment)
        assert text.index("parts") < text.index("few")
        assert PANE.line(row, moment) == "no index on parts (molecule): deletes in molecules read it all"
        assert {"oid", "schema", "table"} <= set(row.keys())
        assert "CREATE INDEX CONCURRENTLY on parts (molecule)" in await detailed(pane, row, 80)
        run(database, "CREATE INDEX ON parts (molecule)", "CREATE INDEX ON few (molecule)")
        await pane.turn()
        assert "Every foreign key has an index. 2 looked at." in pane.text("fk-none")


async def test_the_definition_stands_in_the_detail_and_belongs_to_the_row(database: str) -> None:
    run(
        database, *MOLECULES,
        "CREATE INDEX odd ON molecules (lower(smiles), batch DESC) INCLUDE (mass) WITH (fillfactor = 70) WHERE batch > 3",
        "COMMENT ON INDEX odd IS 'for the search'",
    )  # fmt: skip
    async with live(database, "indexes") as pane:
        moment = await pane.turn()
        for width in (80, 200):
            text = await detailed(pane, index(moment, "odd"), width)
            assert "CREATE INDEX odd ON public.molecules USING btree" in text and "for the search" in text
            assert "fillfactor=70" in text and "(expression), batch DESC include mass where" in text
        other = PANE.detail(index(moment, "molecules_pkey"), pane.moment(), 80)
        assert len(other) == 1


async def test_the_body_fits_at_every_width_in_every_view(database: str) -> None:
    run(
        database,
        *MOLECULES,
        "CREATE INDEX molecules_with_a_rather_long_name_for_an_index_idx ON molecules (batch)",
        "ANALYZE",
    )
    async with live(database, "indexes") as pane:
        await pane.turn(times=2)
        for width in (62, 80, 120, 200):
            for view in PANE.views:
                assert not [line for line in pane.lines(view.name, width) if cells(line) > width], (view.name, width)
        heads = pane.lines(width=80)[1].replace("▾", "").split()
        wide = pane.lines(width=200)[1].replace("▾", "")
    assert heads == ["index", "size", "scans/s", "last", "scan", "bloat", "remark"]
    assert [word for word in ("index", "table", "scans/s", "rows/scan", "columns", "remark") if word not in wide] == []


async def test_hostile_names_stand_on_one_line_and_lead_to_exactly_that_index(database: str) -> None:
    run(database, "CREATE TABLE t (i int)", *(f"CREATE INDEX {quoted(name)} ON t (i)" for name in HOSTILE))
    async with live(database, "indexes") as pane:
        moment = await pane.turn()
        for width in (60, 80, 200):
            lines = pane.lines(width=width, height=60)
            assert not [line for line in lines if any(ord(sign) < 32 or sign in "\x7f\x9b\u202e" for sign in line)]
        for name in HOSTILE:
            row = index(moment, clean(name))
            assert (
                fetch(database, f"SELECT relname = $n${name}$n$ FROM pg_class WHERE oid = {row['index_oid']}") is True
            )
            assert column("index").text(row, moment).strip() and len(PANE.line(row, moment).splitlines()) == 1
            assert await detailed(pane, row, 80)


@pytest.mark.parametrize("kind", ["privilege", "timeout"])
async def test_a_refused_list_says_why_and_refused_additions_leave_the_list_alone(database: str, kind: Any) -> None:
    run(database, *MOLECULES, "ANALYZE")
    async with live(database, "indexes") as pane:
        moment = await pane.turn()
    refused = {
        name: Sample(name, moment.now, 1.0, missing=Missing(kind, f"{name} is refused.")) for name in PANE.probes
    }
    gone = replace(moment, samples={**moment.samples, "indexes": refused["indexes"]})
    assert "indexes is refused." in str(PANE.blocks(gone, 80)[0]) and PANE.worst(gone) == "unknown"
    poorer = replace(moment, samples={**refused, "indexes": moment.samples["indexes"]})
    assert [cell(poorer, "molecules_pkey", name) for name in ("scans", "last_scan", "bloat", "remark")] == [
        "-", "-", "-", "primary key",
    ]  # fmt: skip
    assert counts(poorer) == {"all": 1, "unused": None, "double": None, "invalid": 0, "bloat": None, "fk-none": None}
    keys = PANE.blocks(replace(poorer, view="fk-none"), 80)
    assert "foreign_keys is refused." in str(keys)
