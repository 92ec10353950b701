"""Running the audit from the console, on a connection of its own: all rules, a group, one rule, those about a row."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from cryotui.config import waivers
from cryotui.model.errors import ConfigError
from cryotui.model.finding import AuditRun
from cryotui.model.review import AuditReview, Waiver
from cryotui.model.rule import GROUPS, AuditRule, Group
from cryotui.model.sample import Row
from cryotui.model.text import one_line
from cryotui.pg.destination import Destination, own_folder
from cryotui.tui.console import Console

OF_TABLE = frozenset(("table", "columns", "index", "constraint", "policy", "trigger", "sequence", "statistics"))
"""Kinds of findings that can be about a table."""

OF_INDEX = frozenset(("index", "constraint", "table"))
Entry = tuple[str, str, Callable[[], object]]


def run_audit(console: Console) -> None:
    """Run the audit rules, but those that are off by default; the Audit pane shows how far it is."""
    _begin(console, lambda: all_rules(console))


def run_group(console: Console, group: Group) -> None:
    """Run the rules of one group."""
    _begin(console, lambda: [rule for rule in all_rules(console) if rule.group == group])


def run_again(console: Console, rule_id: str) -> None:
    """Run one rule again."""
    _begin(console, lambda: one_rule(console, rule_id))


def run_about(console: Console, row: Row) -> None:
    """Run the rules that can say something of the row's table or index, and show what they say of it."""
    kinds = OF_INDEX if row.get("index_oid") is not None else OF_TABLE
    _begin(console, lambda: [rule for rule in all_rules(console) if rule.kind in kinds], _about(row))


def entries(console: Console, row: Row | None, groups: bool = True) -> list[Entry]:
    """What can be run, as menus list it: label, note and what to call; first what is about the row, last the groups."""
    listed: list[Entry] = []
    if row is not None and row.get("rule") and row.get("verdict"):
        note = f"{row['rule']} alone; changes nothing"
        listed.append(("Run this rule again", note, partial(run_again, console, str(row["rule"]))))
    if row is not None and _about(row):
        name = row.get("index") or row.get("table")
        what = "index" if row.get("index_oid") is not None else "table"
        note = f"the rules about {one_line(str(name))}; changes nothing"
        listed.append((f"Audit this {what}", note, partial(run_about, console, row)))
    listed.append(("Run the audit", "all rules; changes nothing", partial(run_audit, console)))
    for group in GROUPS if groups else ():
        listed.append((f"Run the audit: {group}", "the rules of this group", partial(run_group, console, group)))
    return listed


def stop(console: Console) -> None:
    """End the running audit; what was found so far stays and is marked as cut off."""
    if console.audit_stop is not None:
        console.audit_stop.set()
        console.say("The audit is told to stop; what it found so far stays.")


def all_rules(console: Console) -> Sequence[AuditRule]:
    """Every rule that is not off by default, the operator's own too. Raises ConfigError."""
    from cryotui.audit import select

    return select(own=own_folder(console.settings, "rules"))


def one_rule(console: Console, rule_id: str) -> Sequence[AuditRule]:
    """That rule alone, off by default or not. Raises ConfigError, UsageError."""
    from cryotui.audit import select

    return select(ids=[rule_id], own=own_folder(console.settings, "rules"))


def here(console: Console) -> Destination:
    """The way to the very host of the session. Raises ConnectError."""
    return replace(console.target, spec=console.connection.here)


async def take_in(console: Console, run: AuditRun, keep: bool = True) -> None:
    """Put a run into the review that is shown: kept in the history, compared with it, waivers told apart.

    ``keep`` False: a rule was only looked at once more, which is no run of its own.
    """
    from cryotui.audit.joining import joined, waived_anew
    from cryotui.audit.known import review
    from cryotui.audit.reviewing import reviewed

    accepted = await accepted_now(console)
    shown: AuditReview | None = console.moments.extra.get("audit")
    if keep:
        new, problem = await asyncio.to_thread(reviewed, run, console.settings.state_folder, accepted)
        if problem:
            console.say(f"This run is not kept, and what was before is not known. {problem}")
    else:
        new = review(run, waivers=accepted)
    console.moments.extra["audit"] = waived_anew(joined(shown, new, keep), accepted)
    console.refresh_board()


async def accepted_now(console: Console) -> tuple[Waiver, ...]:
    """The waivers of the configuration folder; none, and a message, where the file has a mistake."""
    path = console.settings.config_folder / waivers.FILE
    try:
        return await asyncio.to_thread(waivers.load, [path]) if path.exists() else ()
    except ConfigError as error:
        console.say(f"No finding is waived: {error}")
        return ()


def _about(row: Row) -> str:
    """A filter of the Audit pane for the row's table or index; empty for any other row."""
    number, name = row.get("index_oid"), row.get("index")
    if number is None or not name:
        number, name = row.get("oid"), row.get("table")
    if number is None or not name or not row.get("schema"):
        return ""
    full = f"{row['schema']}.{name}"
    return f"of:{full}" if full.replace(".", "").replace("_", "").isalnum() else f"of:oid{number}."


def _begin(console: Console, chosen: Callable[[], Sequence[AuditRule]], about: str = "") -> None:
    if console.audit_stop is not None:
        console.say("The audit runs already; X stops it.")
        return
    console.spawn(_audit(console, chosen, about))


async def _audit(console: Console, chosen: Callable[[], Sequence[AuditRule]], about: str) -> None:
    from cryotui.audit import run as audit_run

    console.connection.need()
    console.open_pane("audit")
    extra: dict[str, Any] = console.moments.extra
    console.audit_stop = asyncio.Event()

    def progress(done: int, total: int, rule: str) -> None:
        extra["audit_progress"] = (done, total, rule)
        if console.pane.name == "audit":
            console.refresh_board()

    try:
        progress(0, 1, "connecting")
        run = await audit_run(here(console), chosen(), on_progress=progress, stop=console.audit_stop)
        await take_in(console, run)
        if about and console.pane.name == "audit":
            console.open_view("findings")
            console.board.set_filter(about)
        console.say(_said(console, run, about))
    finally:
        console.audit_stop = extra["audit_progress"] = None
        console.refresh_board()


def _said(console: Console, run: AuditRun, about: str) -> str:
    if not run.complete:
        return f"The audit was cut off: {run.reason} What it found so far is shown."
    if about:
        return "The list shows what is about it; Esc shows all findings."
    if len(run.rules) == 1:
        number = len(run.counted)
        return f"{run.rules[0].title} was run again: {number or 'no'} {'finding' if number == 1 else 'findings'}."
    return f"{len(run.rules)} rules have run."
