"""What every probe promises: it answers on every server and for every role, as its header and the vocabulary say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import psycopg
import pytest
from asking import session_of

from cryotui import probes
from cryotui.model.probe import Probe
from cryotui.model.sample import Sample
from cryotui.pg.session import Session
from cryotui.probes import FOLDER, probe

NAMES = probes.names()
FORBIDDEN_TYPES = {
    "anyarray",
    "name[]",
    "inet",
    "cidr",
    "xid",
    "xid8",
    "char",
    "pg_node_tree",
    "regclass",
    "pg_lsn",
    "unknown",
}
SYNONYMS = {
    "datname", "usename", "rolname", "relname", "nspname", "relid", "indexrelid", "indexrelname", "schemaname", "tablename",
    "indexname", "attname", "conname", "slot_name", "subname", "queryid", "application_name", "client_addr", "procpid",
    "idx_scan", "seq_scan", "n_live_tup", "n_dead_tup", "wait_event_type", "blks_hit", "blks_read",
}  # fmt: skip
TYPES = {
    "int": {"int2", "int4", "int8"},
    "bigint": {"int8"},
    "count": {"int2", "int4", "int8", "float8", "numeric"},
    "rows": {"int4", "int8", "float4", "float8", "numeric"},
    "transactions": {"int4", "int8", "float8"},
    "seconds": {"float8", "int4", "int8", "numeric"},
    "milliseconds": {"float8", "numeric"},
    "bytes": {"int4", "int8", "float8", "numeric"},
    "blocks": {"int4", "int8", "numeric"},
    "share": {"float8", "float4", "numeric"},
    "text": {"text", "name", "varchar"},
    "bool": {"bool"},
    "oid": {"oid"},
    "timestamptz": {"timestamptz"},
    "int[]": {"int4[]"},
    "oid[]": {"oid[]"},
}
MEASURED = {"seconds", "bytes", "transactions", "milliseconds", "blocks"}
OTHER_MEANING = {("slots", "active"), ("vitals", "masked")}
"""A slot in use and a number of masked sessions: plain words that mean something else of a thing with rows of its own."""
LOCKS_TAKEN = "SELECT array_agg(DISTINCT mode) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'"
seen: dict[str, tuple[str, list[str]]] = {}


async def parameters_of(session: Session, asked: Probe) -> tuple[object, ...]:
    """Something that exists for each parameter of the probe."""
    connection = session._connection
    values: list[object] = []
    for parameter in asked.parameters:
        name, _, type_name = parameter.partition(":")
        if name == "index_oid":
            values.append(await connection.fetchval("SELECT oid FROM pg_class WHERE relname = 'molecules_name_idx'"))
        elif type_name == "oid":
            values.append(await connection.fetchval("SELECT oid FROM pg_class WHERE relname = 'molecules'"))
        elif name == "pid":
            values.append(session.server.pid)
        elif type_name == "timestamptz":
            values.append(datetime.now(UTC))
        elif type_name == "bigint[]":
            values.append([1, 2])
        else:
            pytest.fail(f"{asked.name}: the contract knows no value for the parameter {parameter}")
    return tuple(values)


async def ask(session: Session, name: str) -> Sample:
    return await session.sample(probe(name), await parameters_of(session, probe(name)))


async def columns_of(session: Session, name: str) -> dict[str, str]:
    """The columns of the answer with their types, whether it has rows or not."""
    prepared = await session._connection.prepare(session._statement(probe(name)))
    return {attribute.name: attribute.type.name for attribute in prepared.get_attributes()}


def excused(asked: Probe, sample: Sample, user: str) -> bool:
    """Whether a probe may give no answer to this role: what it needs is not there, and its header says so."""
    missing = sample.missing
    if missing is None:
        return True
    roles = [need.removeprefix("role:") for need in asked.needs if need.startswith("role:")]
    if missing.kind == "privilege":
        return user == "lab_nobody" and bool(roles)
    return missing.kind == "standby" and "standby" in asked.needs


@cache
def unit_words() -> set[str]:
    """The units that the table of header words lists."""
    found = re.search(r"\| `units` \| `column=unit`: ([^|]*)\|", (FOLDER / "README.md").read_text())
    assert found
    return set(re.findall(r"\w+", re.sub(r"\([^)]*\)", "", found[1])))


@cache
def vocabulary() -> dict[str, str]:
    """Each name of the vocabulary with its type, where the table gives one for each name or one for all."""
    found: dict[str, str] = {}
    lines = (FOLDER / "README.md").read_text().partition("## Vocabulary")[2].splitlines()
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        names = re.findall(r"`(\w+)`", cells[0]) if len(cells) == 3 else []
        types = [one.strip() for one in cells[-1].split(",")]
        types *= len(names) if len(types) == 1 else 1
        if len(types) == len(names):
            found |= {name: one for name, one in zip(names, types, strict=True) if one in TYPES}
    assert found["pid"] == "int" and found["oid"] == "oid" and found["schema"] == "text"
    return found


def misspelt(name: str, columns: dict[str, str]) -> list[str]:
    """What is wrong with the names and types of a probe's columns."""
    words, units = vocabulary(), probe(name).units
    wrong = [f"{column} is another tool's word" for column in columns.keys() & SYNONYMS]
    for column, type_name in columns.items():
        word = words.get(column)
        if type_name in FORBIDDEN_TYPES:
            wrong.append(f"{column} is {type_name}, which does not travel")
        if word and type_name not in TYPES[word] and (name, column) not in OTHER_MEANING:
            wrong.append(f"{column} is {type_name}, the vocabulary says {word}")
        if word in MEASURED and units.get(column, word) != word:
            wrong.append(f"{column} counts {units[column]}, the vocabulary says {word}")
    return wrong


@pytest.mark.parametrize("user", ["postgres", "lab_monitor", "lab_nobody"])
async def test_every_probe_answers_on_every_major_for_every_role(contract: str, user: str) -> None:
    async with session_of(contract) as owner:
        parameters = {name: await parameters_of(owner, probe(name)) for name in NAMES}
    refused: dict[str, Any] = {}
    async with session_of(contract, user) as session:
        for name in NAMES:
            sample = await session.sample(probe(name), parameters[name])
            if not excused(probe(name), sample, user):
                refused[name] = sample.missing
    assert not refused


async def test_every_probe_has_the_columns_its_header_promises_and_all_variants_have_the_same(contract: str) -> None:
    wrong: dict[str, Any] = {}
    async with session_of(contract) as session:
        version = session.server.version
        for name in NAMES:
            asked, columns = probe(name), await columns_of(session, name)
            promised = {*asked.key, *asked.counters, *asked.units, *([asked.reset] if asked.reset else [])}
            if promised - columns.keys():
                wrong[name] = f"lacks {promised - columns.keys()}"
            if not set(asked.units.values()) <= unit_words():
                wrong[name] = f"counts in {set(asked.units.values()) - unit_words()}"
            other, known = seen.setdefault(name, (version, list(columns)))
            if known != list(columns):
                wrong[name] = f"other columns on {version} than on {other}"
    assert not wrong


async def test_every_probe_keeps_to_the_vocabulary_and_to_types_that_travel(contract: str) -> None:
    async with session_of(contract) as session:
        found = {name: misspelt(name, await columns_of(session, name)) for name in NAMES}
    assert not {name: wrong for name, wrong in found.items() if wrong}


@pytest.mark.parametrize("name", NAMES)
def test_every_header_can_be_kept(name: str) -> None:
    asked = probe(name)
    assert asked.about.endswith(".") and asked.title == asked.title.strip() and not asked.title.endswith(".")
    assert asked.every >= 1 and 0 < asked.timeout <= 120
    assert all(re.fullmatch(r"(extension|role|setting):\w+|primary|standby", need) for need in asked.needs)
    assert all(re.fullmatch(r"\w+:[\w\[\]]+", parameter) for parameter in asked.parameters)
    assert not asked.calls or asked.extension
    assert not set(asked.counters) & set(asked.key)
    for sql in asked.variants.values():
        assert ";" not in re.sub(r"'(?:[^']|'')*'|--[^\n]*", "", sql), "one question, one statement"
        for number in range(1, len(asked.parameters) + 1):
            assert f"${number}" in sql


@contextmanager
def everything_locked(uri: str) -> Iterator[None]:
    """Every ordinary table is locked ACCESS EXCLUSIVE by another session, and one more waits for it."""
    with psycopg.connect(uri) as holder:
        rows = holder.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') AND oid >= 16384"
            " AND relnamespace NOT IN ('pg_toast'::regnamespace, 'pg_catalog'::regnamespace)"
        ).fetchall()
        names = ", ".join(name for (name,) in rows)
        holder.execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")  # type: ignore[call-overload]
        yield
        holder.rollback()


MEASURING = {"bloat_exact", "index_bloat_exact"}
"""Asked by hand for one thing, and they read it: behind a lock they say so."""


async def test_no_probe_waits_behind_an_access_exclusive_lock(contract: str) -> None:
    blocked: dict[str, Any] = {}
    async with session_of(contract) as session:
        asked = {name: await parameters_of(session, probe(name)) for name in NAMES}
        with everything_locked(contract):
            for name, parameters in asked.items():
                sample = await session.sample(probe(name), parameters)
                if sample.missing and not (sample.missing.kind == "locked" and name in MEASURING):
                    blocked[name] = sample.missing.sentence
    assert not {name: why for name, why in blocked.items() if "standby" not in probe(name).needs}


async def test_no_probe_takes_more_than_a_read_lock(contract: str) -> None:
    taken: dict[str, set[str]] = {}
    async with session_of(contract) as session:
        connection = session._connection
        for name in NAMES:
            parameters = await parameters_of(session, probe(name))
            async with connection.transaction(readonly=True):
                await connection.fetch(session._statement(probe(name)), *parameters)
                taken[name] = set(await connection.fetchval(LOCKS_TAKEN))
    assert not {name: modes for name, modes in taken.items() if modes - {"AccessShareLock"}}


async def test_every_probe_answers_on_a_standby(hot_standby: str) -> None:
    refused: dict[str, str] = {}
    async with session_of(hot_standby) as session:
        assert session.server.standby
        for name in NAMES:
            sample = await ask(session, name)
            if sample.missing and not (sample.missing.kind == "standby" and "primary" in probe(name).needs):
                refused[name] = sample.missing.sentence
    assert not refused
