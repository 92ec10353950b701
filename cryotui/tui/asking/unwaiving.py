"""Ending a waiver before its time: the entry of waivers.yaml stays, with yesterday as its last day."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cryotui.config import waivers
from cryotui.model import standing
from cryotui.model.action import Fact
from cryotui.model.review import AuditReview, Waiver
from cryotui.model.sample import Row
from cryotui.model.text import one_line
from cryotui.tui.asking import audit
from cryotui.tui.console import Console
from cryotui.tui.screens.sheet import Sheet


def ask(console: Console, rows: Sequence[Row]) -> None:
    """Open the sheet for the waivers that hold for these rows; one that holds for more says so."""
    review: AuditReview | None = console.moments.extra.get("audit")
    chosen = _waivers(review, rows)
    if review is None or not chosen:
        console.say("It is not waived any more.")
        return
    facts: list[Fact] = []
    for waiver in chosen:
        held = [one for one in review.waived if review.standing(one).waiver == waiver]
        names = ", ".join(one_line(one.object) for one in held[:3]) + (
            f" and {len(held) - 3} more" if len(held) > 3 else ""
        )
        facts += [
            Fact("waiver", standing.waived(waiver)),
            Fact("of", f"{len(held)} findings: {names}" if len(held) > 1 else names, "watch" if len(held) > 1 else ""),
            Fact("stands", _shown(waiver)),
        ]
    facts.append(Fact("then", "what it held back counts again; the entry stays, with yesterday as its last day"))
    many = len(chosen) > 1
    console.push(
        Sheet(
            f"End {len(chosen)} waivers" if many else "End the waiver",
            console.sheet_note,
            facts,
            button=f"End {len(chosen)} waivers" if many else "End the waiver",
            word=None,
            asked_for="",
            confirm=lambda typed: console.spawn(_end(console, chosen)),
            copy=None,
            foot=f"Nothing is written yet. Only the entry changes, in {console.settings.config_folder / waivers.FILE}",
            cancelled="Cancelled; nothing was written.",
        )
    )


def _waivers(review: AuditReview | None, rows: Sequence[Row]) -> list[Waiver]:
    if review is None:
        return []
    marks = {row.get("fingerprint") for row in rows}
    held = [review.standing(one).waiver for one in review.waived if one.fingerprint in marks]
    return list(dict.fromkeys(waiver for waiver in held if waiver is not None))


def _shown(waiver: Waiver) -> str:
    target = f"targets like {one_line(waiver.target)}" if waiver.target else "every target"
    return f"{waiver.source}; for {target}"


async def _end(console: Console, chosen: Sequence[Waiver]) -> None:
    path = console.settings.config_folder / waivers.FILE
    yesterday = datetime.now(UTC).astimezone().date() - timedelta(days=1)
    review: AuditReview | None = console.moments.extra.get("audit")
    before = set() if review is None else {one.fingerprint for one in review.waived}
    for waiver in reversed(chosen):  # from the end of the file, so that the places of those above stay true
        await asyncio.to_thread(waivers.end, path, waiver, yesterday)
    await audit.take_waivers(console)
    after: AuditReview | None = console.moments.extra.get("audit")
    back = before - (set() if after is None else {one.fingerprint for one in after.waived})
    number = "1 finding counts" if len(back) == 1 else f"{len(back)} findings count"
    still = "" if back else " Another waiver holds it still."
    console.say(f"Ended; {number} again.{still}" if back else f"Ended.{still}")
