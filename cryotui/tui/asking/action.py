"""An action on rows: which rows it is for, the menu of what can be done to them, the sheet that shows what it would do."""

from __future__ import annotations

from typing import Any

from cryotui.actions.preview import Preview
from cryotui.actions.registry import AnyAction, actions
from cryotui.model import units
from cryotui.model.action import Fact
from cryotui.model.sample import Row
from cryotui.tui.asking import audit, bloat
from cryotui.tui.asking.running import show_running
from cryotui.tui.console import Console
from cryotui.tui.screens.chooser import Chooser
from cryotui.tui.screens.sheet import Sheet


def targets(console: Console, key: str = "") -> list[Row]:
    """The tagged rows, else the row under the cursor; of a verdict the row that its step with this key names."""
    tagged = console.board.tagged()
    row = console.board.row
    if row is not None and not tagged and key in (row.get("acts_on") or {}):
        return [row["acts_on"][key]]
    return tagged or ([row] if row is not None else [])


def menu(console: Console) -> None:
    """All actions for the row or the tagged rows, refused ones with their reason."""
    rows = targets(console)
    if not rows:
        console.say("There is no row to act on.")
        return
    offers = console.offers(rows[0])
    extra: list[tuple[str, str, Any]] = [
        ("Run the audit", "reads the catalogs, changes nothing", lambda: audit.run_audit(console))
    ]
    if rows[0].get("oid") is not None and rows[0].get("table") is not None:
        extra.append((f"Measure bloat of {bloat.measured(rows[0])[2]} exactly", "pgstattuple; reads its pages, changes nothing",
                      lambda: console.spawn(bloat.measure(console, rows[0]))))  # fmt: skip
    items = [
        (f"{offer.action.key}  {offer.action.title}", f"{offer.action.level.word}; {offer.action.about}", offer.reason)
        for offer in offers
    ] + [(title, note, None) for title, note, _ in extra]

    def choose(index: int) -> None:
        if index < len(offers):
            ask(console, offers[index].action)
        else:
            extra[index - len(offers)][2]()

    head = f"Actions for {len(rows)} tagged rows" if len(rows) > 1 else "Actions"
    console.push(Chooser(head, items, choose, tell=console.say))


def by_key(console: Console, key: str) -> None:
    """The action of that key for the row or the tagged rows; a choice where there are several."""
    rows = targets(console, key)
    if not rows:
        console.say(f"{key} needs a row.")
        return
    offers = [offer for offer in console.offers(rows[0]) if offer.action.key == key]
    if not offers:
        names = ", ".join(action.title for action in actions() if action.key == key)
        console.say(f"{key} ({names}) has nothing to work on in this row.")
    elif len(offers) == 1:
        if offers[0].reason:
            console.say(offers[0].reason)
        else:
            ask(console, offers[0].action)
    else:
        items = [(offer.action.title, offer.action.lock or offer.action.about, offer.reason) for offer in offers]
        console.push(
            Chooser(f"{key}: which", items, lambda index: ask(console, offers[index].action), tell=console.say)
        )


def ask(console: Console, action: AnyAction) -> None:
    """Open the sheet of an action on the row or the tagged rows."""
    console.spawn(_ask(console, action, targets(console, action.key)))


async def _ask(console: Console, action: AnyAction, rows: list[Row]) -> None:
    console.connection.need()
    assert console.desk is not None
    console.say(f"Looking at what {action.title} would do.")
    preview = await console.desk.preview(action, rows)
    console.messages.hush()
    note = f"PROTECTED {console.target.name}" if console.target.protected else console.target.name
    lines = [Fact("" if index else "rows", line) for index, line in enumerate(preview.rows)] if len(rows) > 1 else []
    question = [Fact("", preview.question)] if preview.question else []
    console.push(
        Sheet(
            preview.title,
            note,
            [*question, *preview.facts, *lines],
            button=preview.button,
            word=preview.word,
            asked_for=f"Type {preview.word} to go on" if preview.word else "",
            confirm=lambda typed: _begin(console, preview, typed),
            copy=lambda: _copy_sql(console, preview.sql),
            foot=f"Asked {units.clock(preview.asked_at, seconds=True)}. The list is held still; each row is looked up again.",
            refused=preview.refused,
        )
    )


def _copy_sql(console: Console, sql: tuple[str, ...]) -> None:
    from cryotui.tui.taking import to_clipboard

    to_clipboard(console, "\n".join(sql))


def _begin(console: Console, preview: Preview, typed: str) -> None:
    console.spawn(_start(console, preview, typed if preview.word else None))


async def _start(console: Console, preview: Preview, typed: str | None) -> None:
    assert console.desk is not None
    running = console.desk.start(preview, typed)
    console.board.choice.tags.clear()
    if not preview.action.brief:
        show_running(console, running)
    outcome = await running.wait()
    console.say(outcome.sentence)
    console.feed.refresh(*preview.action.changes)
    console.refresh_board()
