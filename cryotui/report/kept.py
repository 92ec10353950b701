"""The kept audit runs as a list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from cryotui.model import units
from cryotui.model.review import KeptRun
from cryotui.model.text import cells
from cryotui.report.json import SCHEMA_VERSION
from cryotui.report.pane import plain

HEAD = ("run", "began", "target", "database", "as role", "server", "rules", "bad", "watch", "info", "")
RIGHT = ("run", "rules", "bad", "watch", "info")


def as_text(runs: Sequence[KeptRun]) -> str:
    """One line a run, newest first; findings are counted waived or not, rules are those that looked."""
    if not runs:
        return " No run is kept.\n"
    rows = [HEAD, *(_row(run) for run in runs)]
    wide = [max(cells(row[at]) for row in rows) for at in range(len(HEAD))]
    return "".join(
        " " + "  ".join(_fit(value, wide[at], HEAD[at] in RIGHT) for at, value in enumerate(row)).rstrip() + "\n"
        for row in rows
    )


def as_json(runs: Sequence[KeptRun]) -> str:
    """``schema_version`` and ``runs``, each with all that is kept of it."""
    listed = [{name: plain(value) for name, value in {**asdict(run), "place": _database(run)}.items()} for run in runs]
    for entry in listed:
        entry["database"] = entry.pop("place")
    return json.dumps({"schema_version": SCHEMA_VERSION, "runs": listed}, ensure_ascii=False, indent=1) + "\n"


def _row(run: KeptRun) -> tuple[str, ...]:
    began = units.clock(run.started_at, seconds=True, date=True)
    return (
        str(run.number), began, run.target, _database(run), run.role, run.server_version, str(run.rules), str(run.bad),
        str(run.watch), str(run.info), "" if run.complete else "incomplete",
    )  # fmt: skip


def _database(run: KeptRun) -> str:
    return run.place.partition(" ")[2]


def _fit(value: str, wide: int, right: bool) -> str:
    blanks = " " * (wide - cells(value))
    return blanks + value if right else value + blanks
