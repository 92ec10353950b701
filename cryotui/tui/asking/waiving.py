"""Waiving a finding: a reason, an owner and a last day go to waivers.yaml of the configuration folder."""

from __future__ import annotations

import asyncio
import glob
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from cryotui.actions.operator import Operator
from cryotui.config import waivers
from cryotui.model.review import Waiver
from cryotui.model.sample import Row
from cryotui.model.text import one_line
from cryotui.tui.asking import audit
from cryotui.tui.console import Console
from cryotui.tui.screens.form import Field, Form

DAYS = 90
"""How long a waiver holds when nothing else is said."""

FOR_EVER = "for ever"


def refused(row: Row) -> str | None:
    """Why the row cannot be waived; None when it can."""
    if row.get("verdict") != "findings":
        return "Only a finding can be waived."
    return "It is looked after by others and does not count." if row.get("managed") else None


def ask(console: Console, rows: Sequence[Row]) -> None:
    """Open the sheet for the findings of these rows; those that cannot be waived are left out."""
    chosen = [row for row in rows if refused(row) is None]
    operator = Operator.here()
    last = _today() + timedelta(days=DAYS)
    fields = (
        Field("reason", "Reason", "", "why it is accepted; needed"),
        Field("expires", "Until", last.isoformat(), f"the last day it holds, days such as 30d, or {FOR_EVER}"),
        Field("owner", "Owner", operator.sudo_user or operator.user, "who answers for it"),
    )
    console.push(
        Form(
            f"Waive {_named(chosen)}",
            console.sheet_note,
            f"{_first(chosen)} It moves to the view Waived and does not count until that day is over.",
            fields,
            button="Waive",
            check=_problem,
            confirm=lambda typed: console.spawn(_waive(console, chosen, typed)),
            foot=f"Nothing is written yet. Waive writes to {console.settings.config_folder / waivers.FILE}",
        )
    )


def _named(rows: Sequence[Row]) -> str:
    return one_line(str(rows[0]["finding"])) if len(rows) == 1 else f"{len(rows)} findings"


def _first(rows: Sequence[Row]) -> str:
    more = f", and {len(rows) - 1} more" if len(rows) > 1 else ""
    return f"{one_line(str(rows[0]['object']))}: {one_line(str(rows[0]['evidence']))}{more}."


def _today() -> date:
    return datetime.now(UTC).astimezone().date()


def _problem(typed: Mapping[str, str]) -> str | None:
    try:
        last = last_day(typed["expires"], _today())
    except ValueError:
        return f"Until wants a day such as 2027-03-31, days such as 30d, or {FOR_EVER}."
    return f"{last} is over already." if last is not None and last < _today() else None


def last_day(text: str, today: date) -> date | None:
    """The day that was typed, None for ever. Raises ValueError."""
    words = " ".join(text.lower().split())
    if words in (FOR_EVER, "forever", "never"):
        return None
    if words.endswith("d") and words[:-1].isdecimal():
        try:
            return today + timedelta(days=int(words[:-1]))
        except OverflowError:
            raise ValueError(text) from None
    return date.fromisoformat(words)


async def _waive(console: Console, rows: Sequence[Row], typed: Mapping[str, str]) -> None:
    path = console.settings.config_folder / waivers.FILE
    waiver = Waiver(
        reason=typed["reason"].strip(),
        owner=typed["owner"].strip(),
        expires=last_day(typed["expires"], _today()),
        target=glob.escape(console.target.name),
    )
    for row in rows:
        await asyncio.to_thread(waivers.add, path, _of(waiver, row))
    await audit.take_waivers(console)
    until = f"until {waiver.expires}" if waiver.expires else FOR_EVER
    object_ = f" of {one_line(str(rows[0]['object']))}" if len(rows) == 1 else ""
    console.say(f"Waived {until}: {_named(rows)}{object_}; kept in {path.name}.")


def _of(waiver: Waiver, row: Row) -> Waiver:
    """The waiver of one finding, with what tells a reader of the file which one it is."""
    seen = row.get("first_seen")
    return replace(
        waiver,
        fingerprint=str(row["fingerprint"]),
        rule=str(row["rule"]),
        object=str(row.get("full_name") or row["object"]),
        title=str(row["finding"]),
        since=seen.astimezone().date() if seen is not None else _today(),
    )
