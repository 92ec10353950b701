"""Trying a table as each role of the API from the console, on a connection of its own; each try is rolled back.

By default nothing is written. Writes are tried only when asked for, where ``cryotui rls --writes`` would: not on a read-only
target, on a protected one only when its name is typed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from cryotui.model import units
from cryotui.model.action import Fact, Level
from cryotui.model.errors import CryotuiError, RefusedError
from cryotui.model.exposure import exposures
from cryotui.model.pane import Role
from cryotui.model.role_matrix import API_ROLES, ASKED, LIMIT, Answer, Cell, TableRights
from cryotui.model.sample import Row
from cryotui.model.text import one_line
from cryotui.panes.audit_roles import TITLE, Told, Tried, blocks, relation_of, shown_for
from cryotui.report import role_matrix_words as report
from cryotui.report.pane import SIGNS
from cryotui.tui.asking import audit
from cryotui.tui.console import Console
from cryotui.tui.drawn import Drawn, rule_spans
from cryotui.tui.screens.scrolled import Scrolled, block_lines
from cryotui.tui.screens.sheet import Sheet

Found = TypeVar("Found")

SECONDS = 3.0
"""Limit of one statement of a try."""

COMMANDS = ASKED
_ROLES: dict[Answer, Role] = {
    Answer.ERROR: "bad",
    Answer.UNCHECKED: "watch",
    Answer.DENIED: "quiet",
    Answer.EMPTY: "quiet",
}


def relation(row: Row) -> tuple[str, str] | None:
    """Schema and name of the table or view that a row is about; None when it is about none."""
    return relation_of({name: row.get(name) for name in ("schema", "table", "view", "oid", "index_oid")})


def read(console: Console, row: Row) -> None:
    """Try what reading gives each role; writes are planned only."""
    _begin(console, row, writes=False)


def ask_writes(console: Console, row: Row) -> None:
    """Ask first, then try writes too."""
    schema, name = _place(row)
    ask(
        console,
        f"Try {one_line(name)} as each role, writes too",
        [
            Fact("does", f"INSERT, UPDATE and DELETE of one row of {one_line(schema)}.{one_line(name)} as each role, each"
                         " rolled back at once"),
            Fact("lock", "ROW EXCLUSIVE, and the lock of one row for a moment; waits 0.4 s at most"),
            Fact("left out", "where a trigger, rule or cascade would act: what these do outside stays"),
            Fact("undo", "none needed; no default runs, so no sequence moves"),
        ],
        lambda: _begin(console, row, writes=True),
    )  # fmt: skip


def ask(console: Console, title: str, facts: Sequence[Fact], go: Callable[[], None]) -> None:
    """The sheet before writes are tried; on a protected target its name is typed, as for ``cryotui rls --writes``."""

    def confirmed(typed: str) -> None:
        refused = writes_refused(console)  # the level may have ended while the sheet was open
        if refused:
            console.say(refused)
        else:
            go()

    console.push(
        Sheet(
            title,
            console.sheet_note,
            facts,
            button="Try writes",
            word=console.target.name if console.target.protected else None,
            asked_for="Type the name of this target to go on",
            confirm=confirmed,
            copy=None,
            foot="Everything that is tried is rolled back.",
            refused=writes_refused(console),
        )
    )


def writes_refused(console: Console) -> str | None:
    """Why writes are not tried on this target or at this level; None when they may be."""
    desk = console.desk
    if console.target.highest_level is Level.OBSERVE or (desk is not None and desk.gate.limits.read_only):
        return f"{console.target.name} is read-only: writes are not tried on it, not even to be rolled back."
    level = desk.level if desk is not None else Level.OBSERVE
    if level < Level.OPERATE:
        return f"Trying writes needs level operate, this session is at {level.word}. L raises it."
    return None


async def stoppable(console: Console, title: str, work: Awaitable[Found]) -> Found:
    """The result of role probes that X can end. Raises RefusedError when it did."""
    task = asyncio.ensure_future(work)
    console.probing[title] = task.cancel
    try:
        return await task
    except asyncio.CancelledError:
        current = asyncio.current_task()
        if current is not None and current.cancelling():
            raise
        raise RefusedError(f"{title} was stopped by hand; what was tried is rolled back.") from None
    finally:
        task.cancel()
        console.probing.pop(title, None)


def _begin(console: Console, row: Row, writes: bool) -> None:
    place = _place(row)
    known: dict[tuple[str, str], Tried] = console.moments.extra.setdefault("tried", {})
    if place in known and known[place].running:
        console.say(f"{one_line(place[1])} is being tried already; X stops it.")
        return
    page = _page(console, place)
    top = console.layers[-1] if console.layers else None
    if not (isinstance(top, Scrolled) and (_in_detail(row) or top.head == page.head)):
        console.push(page)
    console.spawn(_try(console, place, writes))


def _place(row: Row) -> tuple[str, str]:
    place = relation(row)
    assert place is not None, "only rows about a table or view are offered it"
    return place


def _in_detail(row: Row) -> bool:
    """Whether the detail of this row, where it is open, shows what came of it."""
    return bool(row.get("fingerprint")) and shown_for(str(row.get("group")), str(row.get("rule")))


def _page(console: Console, place: tuple[str, str]) -> Scrolled:
    """What came of it, for rows whose own detail does not show it."""

    def lines(width: int) -> list[Drawn]:
        double = console.target.protected
        tried: Tried | None = console.moments.extra.get("tried", {}).get(place)
        if tried is None or console.server is None:
            return []
        moment = console.moments.moment(console.server)
        rule: Drawn = (rule_spans(TITLE, tried.note, width, double), "background")
        return [rule, *block_lines(blocks(tried, width), moment, width, double)]

    return Scrolled(
        f"{one_line(place[0])}.{one_line(place[1])} as each role", lines, foot="Everything was rolled back."
    )


async def _try(console: Console, place: tuple[str, str], writes: bool) -> None:
    known: dict[tuple[str, str], Tried] = console.moments.extra["tried"]
    name = one_line(place[1])

    def show(tried: Tried) -> None:
        known[place] = tried
        console.refresh_board()

    show(Tried(f"It is being tried; each statement ends after {SECONDS:g} s. X stops it.", "runs", running=True))
    try:
        console.connection.need()
        found = await stoppable(console, f"Trying {name} as each role", _asked(console, place, writes))
    except CryotuiError as error:
        show(Tried(f"It could not be tried: {error}", "could not check"))
        console.say(str(error))
        return
    except BaseException:
        known.pop(place, None)
        raise
    show(told(found, writes, datetime.now(UTC)))
    if console.layers and isinstance(console.layers[-1], Scrolled):
        console.layers[-1].show(TITLE)
    console.say(f"{name} was tried as each role; everything was rolled back.")


async def _asked(console: Console, place: tuple[str, str], writes: bool) -> TableRights | None:
    """Ask on a connection of its own. Raises ConnectError, CryotuiError."""
    from cryotui.jobs import role_matrix

    async with role_matrix.opened(audit.here(console)) as connection:
        return await role_matrix.matrix_for_table(
            connection, *place, commands=COMMANDS, writes=writes, limit=LIMIT, seconds=SECONDS
        )


def told(found: TableRights | None, writes: bool, at: datetime) -> Tried:
    """The cells of one table as the detail shows them."""
    note = f"{units.clock(at)}, {'writes too, ' if writes else ''}rolled back"
    if found is None:
        return Tried("There is no such table or view any more.", note)
    roles = tuple(dict.fromkeys(cell.role for cell in found.cells))
    if not roles:
        return Tried(f"None of {', '.join(API_ROLES)} exists here, so there is no role of an API to try it as. "
                     "cryotui rls --role NAME tries others.", note)  # fmt: skip
    return Tried(
        note=f"row security {'on' if found.row_security else 'OFF'}; {note}" if "table" in found.kind else note,
        commands=tuple(COMMANDS),
        rows=tuple(
            (report.one_line(role), tuple(_told(found.cell(role, command)) for command in COMMANDS)) for role in roles
        ),
        reasons=(
            *((SIGNS[one.mark], report.one_line(one.what)) for one in exposures(found)),
            *((sign, f"{who}: {reason}") for reason, who, sign in report.reasons(found, roles)),
        ),
        legend=tuple(report.legend(found.cells)),
    )


def _told(cell: Cell | None) -> Told:
    text = re.sub(r"at least ([\d,]+)", r"\1+", report.short(cell))
    return Told(text, _ROLES.get(cell.answer, "text") if cell is not None else "quiet")
