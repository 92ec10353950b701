"""Drop an index that is not valid: what a broken CREATE INDEX or REINDEX CONCURRENTLY left."""

from __future__ import annotations

from dataclasses import replace

from cryotui.actions import locks, relations
from cryotui.actions.contract import Ask, label_of
from cryotui.actions.maintenance import Effect, Ended, Maintenance
from cryotui.actions.relations import Relation
from cryotui.actions.wording import size
from cryotui.model.action import Fact, Level
from cryotui.model.record import dataclass
from cryotui.model.sample import Row
from cryotui.model.server import Server

_BUILDING = "SELECT pid FROM pg_stat_progress_create_index WHERE relid = $1 LIMIT 1"
_THERE = "SELECT FROM pg_class WHERE oid = $1"


async def _dropped(ended: Ended, subject: Relation) -> Effect:
    if await ended.session.ask(_THERE, subject.oid):
        return Effect("no effect", f"{subject.label} is still there.", ended.warnings)
    return Effect("verified", f"{subject.label} is gone; {size(subject.size)} freed.", ended.warnings)


@dataclass(frozen=True, kw_only=True)
class DropInvalidIndex(Maintenance):
    """An index that is being built is invalid too: it is left alone."""

    def refuse(self, server: Server, row: Row) -> str | None:
        if row.get("valid") is True:
            return f"{self.verb} {label_of(row, relations.INDEX_FIELDS)} refused: it is valid."
        if row.get("building") is True:
            return f"{self.verb} {label_of(row, relations.INDEX_FIELDS)} refused: it is being built now."
        return super().refuse(server, row)

    async def look(self, ask: Ask, server: Server, row: Row) -> Relation:
        subject = await super().look(ask, server, row)
        building = await ask(_BUILDING, subject.table_oid)
        if subject.refused is None and building:
            reason = f"{self.verb} {subject.label} refused: {building[0]['pid']} builds an index of this table now."
            return replace(subject, refused=reason)
        return subject


def _unsuitable(subject: Relation) -> str | None:
    if subject.valid:
        return f"Drop {subject.label} refused: it is valid."
    if subject.of_constraint:
        return f"Drop {subject.label} refused: it belongs to a constraint."
    return None


ACTION = DropInvalidIndex(
    name="drop-invalid-index",
    title="Drop invalid index",
    verb="Drop",
    button="Drop",
    key="",
    level=Level.DANGER,
    about="Drops an index that serves no query: one a broken CREATE INDEX or REINDEX CONCURRENTLY left behind.",
    fields=(relations.INDEX_FIELDS,),
    lock="SHARE UPDATE EXCLUSIVE on the table: reads and writes go on; other maintenance and DDL wait",
    rights="owner of the index or its schema, superuser",
    changes=("indexes", "index_scans", "table_indexes", "table_parts", "table_sizes"),
    noun=("invalid index", "invalid indexes"),
    done="dropped",
    word="index",
    destroys=True,
    statement="DROP INDEX CONCURRENTLY {};",
    lock_mode=locks.SHARE_UPDATE_EXCLUSIVE,
    lock_seconds=None,
    kinds=frozenset("i"),
    right="drop",
    check=_dropped,
    waits="for the transactions that use the table now.",
    undo="build it again with CREATE INDEX CONCURRENTLY",
    if_stopped="It is invalid as before; drop it again.",
    expected=lambda subject: (Fact("index", "is gone"),),
    unsuitable=_unsuitable,
    waits_for_snapshots=True,
)
