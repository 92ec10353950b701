"""REINDEX CONCURRENTLY: build an index, or all of a table, anew beside the old one."""

from __future__ import annotations

import re

from cryotui.actions import locks, relations
from cryotui.actions.contract import Ask, Past
from cryotui.actions.maintenance import Effect, Ended, Maintenance
from cryotui.actions.relations import Index, Relation, exact_size, indexes_of
from cryotui.actions.wording import counted, listed, size, took
from cryotui.model import units
from cryotui.model.action import Fact, Level
from cryotui.model.record import dataclass
from cryotui.model.server import Server
from cryotui.model.text import one_line

INDEXES = ("index", "indexes")

MET_DUPLICATES = "invalid and unique: its build most likely met duplicates. Drop it, mend them, create it again"

_LEFTOVER = re.compile(r"_cc(?:new|old)\d*$")


async def _rebuilt(ended: Ended, subject: Relation) -> Effect:
    """Every index that had to be rebuilt bears its name on a new, valid index; what the server skipped is told."""
    ask = ended.session.ask
    after = {index.name: index for index in await indexes_of(ask, subject.table_oid)}
    wanted = [index for index in ended.indexes if subject.kind != "i" or index.oid == subject.oid]
    new = [one for one in wanted if one.name in after and after[one.name].oid != one.oid and after[one.name].valid]
    old = [one_line(one.name) for one in wanted if one not in new]
    left = await left_text(ask, subject, ended.indexes)
    if not new:
        why = ended.warnings[0] if ended.warnings else "no index was replaced"
        return Effect("no effect", f"{ended.heading} did nothing: {why}. {left}".rstrip(), ended.warnings)
    if subject.kind == "i":
        told = f"valid, {size(subject.size)}, now {size(await exact_size(ask, after[new[0].name].oid))}"
    else:
        told = f"{counted(len(new), INDEXES)} rebuilt and valid"
    told += f"; skipped: {listed(old)}" if old else ""
    sentence = f"{ended.heading} done in {took(ended.seconds)}: {told}. {left}".rstrip()
    return Effect("verified", sentence, ended.warnings)


@dataclass(frozen=True, kw_only=True)
class ReindexConcurrently(Maintenance):
    """For an index and for a table; what a broken run leaves is found by its oid, not by its name."""

    def sql(self, subject: Relation) -> str:
        return f"REINDEX (VERBOSE) {'INDEX' if subject.kind == 'i' else 'TABLE'} CONCURRENTLY {subject.quoted};"

    def disk_needed(self, subject: Relation) -> int | None:
        if subject.kind != "i":
            return subject.indexes_size
        return subject.table_size if subject.valid is False else subject.size

    def size_text(self, subject: Relation) -> str:
        if subject.valid is not False:
            return super().size_text(subject)
        rows = f", {units.count(subject.table_rows)} rows" if subject.table_rows is not None else ""
        return f"{size(subject.size)} and invalid; its table {subject.table} has {size(subject.table_size)}{rows}"

    async def facts(self, ask: Ask, server: Server, subject: Relation, past: Past | None) -> list[Fact]:
        facts = await super().facts(ask, server, subject, past)
        if subject.valid is False and _LEFTOVER.search(subject.name):
            facts.append(Fact("state", "invalid, by its name the rest of a broken REINDEX: drop it", "watch"))
        elif subject.valid is False and subject.is_unique:
            facts.append(Fact("state", MET_DUPLICATES, "watch"))
        return facts

    async def indexes_before(self, ask: Ask, subject: Relation) -> tuple[Index, ...]:
        return tuple(await indexes_of(ask, subject.table_oid))

    async def left_behind(self, ask: Ask, subject: Relation, before: tuple[Index, ...]) -> str:
        return await left_text(ask, subject, before)


async def left_text(ask: Ask, subject: Relation, before: tuple[Index, ...]) -> str:
    """The invalid indexes that were not there before, with their size and what to do; nothing when there are none."""
    known = {index.oid for index in before}
    left = [index for index in await indexes_of(ask, subject.table_oid) if not index.valid and index.oid not in known]
    if not left:
        return ""
    named = [f"{one_line(index.name)}, invalid, {size(await exact_size(ask, index.oid))}" for index in left]
    return f"It left {listed(named)}. a drops {'it' if len(left) == 1 else 'them'}."


def _unsuitable(subject: Relation) -> str | None:
    heading = f"REINDEX {subject.label} refused"
    if subject.catalog:
        return f"{heading}: indexes of system catalogs cannot be rebuilt concurrently."
    if subject.exclusion:
        return f"{heading}: the index of an exclusion constraint cannot be rebuilt concurrently."
    return None


def _expected(subject: Relation) -> tuple[Fact, ...]:
    if subject.kind == "i":
        valid = Fact("index", "is valid, with a new file")
        return (valid,) if subject.valid is False else (valid, Fact("size", f"falls from {size(subject.size)}"))
    return (Fact("indexes", "are all valid, with new files"),)


ACTION = ReindexConcurrently(
    name="reindex-concurrently",
    title="REINDEX",
    verb="REINDEX",
    button="REINDEX CONCURRENTLY",
    key="I",
    level=Level.OPERATE,
    about="Builds an index, or all indexes of a table, anew beside the old one, then puts it in its place.",
    fields=(relations.INDEX_FIELDS, relations.TABLE_FIELDS),
    lock="SHARE UPDATE EXCLUSIVE on the table: reads and writes go on; other maintenance and DDL wait",
    rights="owner of the table, MAINTAIN (17+), superuser",
    changes=("indexes", "index_bloat", "table_indexes", "table_parts", "table_sizes", "progress"),
    noun=("index", "indexes"),
    done="rebuilt",
    word="index",
    statement="REINDEX (VERBOSE) TABLE CONCURRENTLY {};",
    lock_mode=locks.SHARE_UPDATE_EXCLUSIVE,
    lock_seconds=None,
    kinds=frozenset("irm"),
    right="reindex",
    check=_rebuilt,
    waits="for every transaction that began before it, as long as they last.",
    undo="none needed; stopped with X it leaves an invalid index, which is named and can be dropped",
    if_stopped="The old index serves on; nothing is left.",
    expected=_expected,
    unsuitable=_unsuitable,
    needs_disk=True,
    waits_for_snapshots=True,
)
