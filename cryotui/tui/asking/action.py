"""An action on rows: which rows it is for, the menu of what can be done to them, the sheet that shows what it would do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from cryotui.actions.preview import Offer, Preview
from cryotui.actions.registry import AnyAction, actions
from cryotui.model import units
from cryotui.model.action import Fact
from cryotui.model.sample import Row
from cryotui.tui.asking import audit, bloat, fixing, launching, unwaiving, waiving
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
    items = _listed(console, rows)

    def choose(index: int) -> None:
        items[index][3]()

    head = f"Actions for {len(rows)} tagged rows" if len(rows) > 1 else "Actions"
    console.push(Chooser(head, [item[:3] for item in items], choose, tell=console.say))


Item = tuple[str, str, str | None, Callable[[], object]]
"""A line of the menu: label, note, why it is refused, what it does."""


def _listed(console: Console, rows: list[Row]) -> list[Item]:
    """What belongs to a finding comes first there, its fix before all; what else fits its object comes after."""
    row = rows[0]
    fixes: list[Item] = []
    others: list[Item] = []
    for offer in _offers(console, row):
        item = (
            f"{offer.action.key}  {offer.action.title}".strip(), f"{offer.action.level.word}; {offer.action.about}",
            offer.reason, partial(ask, console, offer.action),
        )  # fmt: skip
        (fixes if "fix" in offer.action.fields[0] else others).append(item)
    runs: list[Item] = [(*entry.item, entry.call) for entry in launching.about(console, row)]
    verdict = row.get("verdict")
    if verdict in ("findings", "waived") and not row.get("remembered"):
        items = [*(fixes or _no_fix()), _waiver(console, rows), *runs, *others]
    elif verdict:
        items = [*runs, *([_waiver(console, rows)] if row.get("remembered") else []), *fixes, *others]
    else:
        items = [*others, *runs]
    items.append(("Run the audit", "all rules; A runs a part", None, partial(audit.run_audit, console)))
    if row.get("oid") is not None and row.get("table") is not None:
        items.append((f"Measure bloat of {bloat.measured(row)[2]} exactly", "pgstattuple; reads its pages, changes nothing",
                      None, lambda: console.spawn(bloat.measure(console, row))))  # fmt: skip
    return items


def _no_fix() -> list[Item]:
    return [("Apply the fix", "", "It has no SQL: Enter shows what to do.", lambda: None)]


def _waiver(console: Console, rows: list[Row]) -> Item:
    if rows[0].get("verdict") == "waived":
        return "End the waiver", "it counts again from now on", None, partial(unwaiving.ask, console, rows)
    return "Waive", "with reason, owner and last day", waiving.refused(rows[0]), partial(waiving.ask, console, rows)


def _offers(console: Console, row: Row) -> list[Offer]:
    """What can be done to a row; under a key that a verdict has a step for, what is done to that step's row."""
    steps = {} if console.board.tagged() else row.get("acts_on") or {}
    offers = [offer for offer in console.offers(row) if offer.action.key not in steps]
    return offers + [offer for key, aim in steps.items() for offer in console.offers(aim) if offer.action.key == key]


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
    rows = fixing.with_proof(console, rows)
    preview = await console.desk.preview(action, rows)
    await fixing.settle(console, rows, keep=False)
    console.messages.hush()
    lines = [Fact("" if index else "rows", line) for index, line in enumerate(preview.rows)] if len(rows) > 1 else []
    question = [Fact("", preview.question)] if preview.question else []
    console.push(
        Sheet(
            preview.title,
            console.sheet_note,
            [*question, *preview.facts, *lines],
            button=preview.button,
            word=preview.word,
            asked_for=f"Type {preview.word} to go on" if preview.word else "",
            confirm=lambda typed: console.spawn(_start(console, preview, rows, typed)),
            copy=lambda: _copy_sql(console, preview.sql),
            foot=f"Asked {units.clock(preview.asked_at, seconds=True)}. The list is held still; each row is looked up again.",
            refused=preview.refused,
        )
    )


def _copy_sql(console: Console, sql: tuple[str, ...]) -> None:
    from cryotui.tui.taking import to_clipboard

    to_clipboard(console, "\n".join(sql))


async def _start(console: Console, preview: Preview, rows: list[Row], typed: str) -> None:
    assert console.desk is not None
    running = console.desk.start(preview, typed if preview.word else None)
    console.board.choice.tags.clear()
    if not preview.action.brief:
        show_running(console, running)
    outcome = await running.wait()
    console.say(outcome.sentence)
    console.feed.refresh(*preview.action.changes)
    await fixing.settle(console, rows, keep=True)
    console.refresh_board()
