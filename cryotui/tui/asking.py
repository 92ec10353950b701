"""Everything that asks before it does: actions, the level, leaving, running an audit. The gate itself is the desk's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cryotui.actions.preview import Preview
from cryotui.actions.registry import AnyAction, actions
from cryotui.actions.running import Running
from cryotui.model import units
from cryotui.model.action import Fact, Level
from cryotui.model.errors import RefusedError
from cryotui.model.sample import Row
from cryotui.probes import probe
from cryotui.tui.board import Drawn, rule_spans
from cryotui.tui.console import Console
from cryotui.tui.screens.layer import Chooser, Hint, Scrolled, folded
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
        ("Run the audit", "reads the catalogs, changes nothing", lambda: run_audit(console))
    ]
    if rows[0].get("oid") is not None and rows[0].get("table") is not None:
        extra.append((f"Measure bloat of {_measured(rows[0])[2]} exactly", "pgstattuple; reads its pages, changes nothing",
                      lambda: console.spawn(measure(console, rows[0]))))  # fmt: skip
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
    console.need_connection()
    assert console.desk is not None
    console.say(f"Looking at what {action.title} would do.")
    preview = await console.desk.preview(action, rows)
    console.hush()
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


def show_running(console: Console, running: Running) -> None:
    """The screen of a running action; Backspace leaves it running."""

    def lines(width: int) -> list[Drawn]:
        double = console.target.protected
        out: list[Drawn] = []

        def rule(title: str, note: str = "") -> None:
            out.append((rule_spans(title, note, width, double), "background"))

        def text(*parts: tuple[str, str]) -> None:
            out.append(([("   ", "text"), *parts], "background"))

        def wrapped(words: str, role: str = "text") -> None:
            for part in words.splitlines():
                for piece in folded(part.rstrip(), width - 4):
                    text((piece, role))

        rule("STATE", running.state)
        since = units.clock(running.started_at, seconds=True) if running.started_at else "not begun"
        many = f"   {running.done} of {running.total} done" if running.total > 1 else ""
        text((f"since {since}   pid {running.pid or '-'}{many}", "text"))
        progress = next((row for row in console.moments.rows_of("progress") if row.get("pid") == running.pid), None)
        if progress is not None and progress.get("total"):
            share = progress["done"] / progress["total"]
            text((f"{progress.get('phase') or ''}  {units.bar(share, 30)} {units.percent(share)}", "text"))
        rule("SQL")
        for statement in running.sql.splitlines():
            text((statement, "text"))
        rule("SERVER SAYS", "newest last")
        for notice in running.notices:
            wrapped(str(notice))
        if not running.notices:
            text(("nothing yet", "quiet"))
        if running.outcome is not None:
            rule("OUTCOME", running.outcome.verdict)
            wrapped(running.outcome.sentence, "good" if running.outcome.good else "bad")
            said = "\n".join(str(notice) for notice in running.notices) + running.outcome.sentence
            for detail in running.outcome.details:
                if detail not in said:
                    wrapped(detail)
        return out

    class RunningView(Scrolled):
        def hints(self) -> tuple[Hint, ...]:
            stops: tuple[Hint, ...] = (("X", "stop it"),) if running.outcome is None else ()
            return (*stops, ("Backspace", "back"), ("8", "all that runs"), ("y", "copy"))

        def foot(self) -> str:
            if running.outcome is not None:
                return "It has ended; the action log keeps what it did."
            return "It goes on when you leave this screen; q asks before the console ends."

    console.push(RunningView(f"ours {running.title}", lines))


def stop(console: Console) -> None:
    """Stop a running action of ours: asks which, then asks the server to cancel it."""
    alive = console.runnings
    if not alive:
        console.say("No action of ours runs.")
        return

    def choose(index: int) -> None:
        console.spawn(alive[index].stop())
        console.say(f"{alive[index].title} is told to stop.")

    console.push(
        Chooser("Stop which", [(running.title, f"pid {running.pid or '-'}", None) for running in alive], choose)
    )


def level(console: Console) -> None:
    """Choose the level; raising it on a protected target asks for the target's name."""
    words = {
        Level.OBSERVE: "looks only, every action is refused",
        Level.OPERATE: "cancel, VACUUM, ANALYZE, REINDEX CONCURRENTLY, audits",
        Level.DANGER: f"terminate, VACUUM FULL, fixes; ends after {console.settings.danger_minutes:g} min",
    }
    desk = console.desk
    if desk is None:
        console.say("There is no connection yet; the level is observe.")
        return
    now = desk.level
    items = [
        (f"{'(•)' if each is now else '( )'} {each.word}", words[each], desk.gate.refuse_level(each)) for each in Level
    ]

    def choose(index: int) -> None:
        wanted = list(Level)[index]
        if desk.gate.asks_name(wanted):
            _ask_name(console, wanted)
        else:
            _raise(console, wanted, None)

    chooser = Chooser(f"Level: now {now.word}", items, choose, tell=console.say)
    chooser.position = min(now + 1, Level.DANGER)
    console.push(chooser)


def _raise(console: Console, wanted: Level, typed: str | None) -> None:
    assert console.desk is not None
    try:
        console.desk.raise_level(wanted, typed)
    except RefusedError as error:
        console.say(str(error))
        return
    console.say(f"Level is {wanted.word} now." + (f" It ends after {console.settings.danger_minutes:g} min."
                if wanted is Level.DANGER else ""))  # fmt: skip


def _ask_name(console: Console, wanted: Level) -> None:
    server = console.server
    who = f"{server.user} at {server.host}:{server.port}" if server else ""
    facts = [
        Fact("now", console.level_word()),
        Fact("to", wanted.word),
        Fact("who", who),
        Fact("kept", "every action, asked or done, goes to the action log"),
    ]
    console.push(
        Sheet(
            "Level",
            f"PROTECTED {console.target.name}",
            facts,
            button=f"Arm {wanted.word}" if wanted is Level.DANGER else wanted.word,
            word=console.target.name,
            asked_for="Type the name of this target to go on",
            confirm=lambda typed: _raise(console, wanted, typed),
            copy=lambda: None,
            foot="Where am I? is asked here, once. What do I hit? is asked by each action.",
        )
    )


def leave(console: Console) -> None:
    """End the console; asks while an action of ours runs."""
    alive = console.runnings
    if not alive:
        console.leave(0)
        return
    titles = ", ".join(running.title for running in alive)
    items = [
        ("Stay", "", None),
        ("Leave, it goes on on the server", f"{titles}; the action log keeps its pid", None),
        ("Stop it and leave", titles, None),
    ]

    def choose(index: int) -> None:
        if index == 1:
            console.leave(0)
        elif index == 2:
            console.spawn(_stop_and_leave(console, alive))

    console.push(Chooser("An action of ours runs", items, choose))


async def _stop_and_leave(console: Console, alive: list[Running]) -> None:
    for running in alive:
        await running.stop()
        await running.wait()
    console.leave(0)


def _measured(row: Row) -> tuple[str, str, str]:
    """Which probe measures this row's bloat, by which field, and the name of what is measured."""
    if row.get("index_oid") is not None:
        return "index_bloat_exact", "index_oid", str(row.get("index"))
    return "bloat_exact", "oid", str(row.get("table"))


async def measure(console: Console, row: Row) -> None:
    """Measure the bloat of one table or index exactly and keep it for the list.

    On a connection of its own: a large table takes a while, and the panes go on meanwhile.
    """
    name, field, label = _measured(row)
    session = await console.session_beside()
    try:
        console.say(f"Measuring {label}; the list goes on meanwhile.")
        sample = await session.sample(probe(name), (row[field],))
    finally:
        await session.close()
    if sample.missing:
        console.say(sample.missing.sentence)
    elif sample.one is not None:
        kept = "exact_index_bloat" if field == "index_oid" else "exact_bloat"
        console.moments.extra.setdefault(kept, {})[row[field]] = sample.one
        console.say(f"{label} is measured; the list shows exact in place of the estimate.")
        console.refresh_board()


def run_audit(console: Console) -> None:
    """Run every audit rule on a connection of its own; the Audit pane fills as they come."""
    if console.moments.extra.get("audit_progress"):
        console.say("The audit runs already.")
        return
    console.spawn(_audit(console))


async def _audit(console: Console) -> None:
    from cryotui.audit import run as audit_run

    console.need_connection()
    console.open_pane("audit")

    def progress(done: int, total: int, rule: str) -> None:
        console.moments.extra["audit_progress"] = (done, total, rule)
        if console.pane.name == "audit":
            console.refresh_board()

    progress(0, 1, "connecting")
    try:
        session = console.feed.session
        assert session is not None
        here = replace(console.target, spec=session.here)  # type: ignore[attr-defined]
        console.moments.extra["audit"] = await audit_run(here, on_progress=progress)
    finally:
        console.moments.extra["audit_progress"] = None
        console.refresh_board()
