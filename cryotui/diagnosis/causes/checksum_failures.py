"""Blocks whose checksum did not fit when they were read: data on disk is damaged."""

from __future__ import annotations

from cryotui.diagnosis.search import Found, NotChecked, Search, fitted
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Moment


def _find(moment: Moment) -> Found:
    rows = moment.rows("databases")
    known = [row for row in rows if row["checksum_failures"] is not None]
    if not known:
        return NotChecked("data checksums are off")
    damaged = [row for row in known if row["checksum_failures"] > 0]
    if not damaged:
        return []
    total = sum(row["checksum_failures"] for row in damaged)
    names = ", ".join(str(row["database"]) for row in damaged)
    return [
        Cause(
            name="checksum_failures",
            mark="bad",
            sentence=fitted(f"Damaged blocks in {names}: {total} checksum failures"),
            why="counted since the statistics were reset; the server log names file and block",
            next=(Next("Enter", "backups"),),
            evidence=("backups", ""),
            weight=2e6,
        )
    ]


SEARCH = Search("damaged blocks", ("databases",), _find)
