"""Running the audit from the console, on a connection of its own: all rules, a group, one rule, those about a row."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryotui.config import waivers
from cryotui.model.errors import ConfigError
from cryotui.model.finding import AuditRun
from cryotui.model.folders import AUDITS
from cryotui.model.review import AuditReview, Remembered, Waiver
from cryotui.model.rule import AuditRule, Group
from cryotui.model.server import Server
from cryotui.pg.destination import Destination, own_folder
from cryotui.tui.asking.aim import Aim
from cryotui.tui.console import Console


def run_audit(console: Console) -> None:
    """Run the audit rules, but those that are off by default; the Audit pane shows how far it is."""
    _begin(console, lambda: all_rules(console))


def run_group(console: Console, group: Group) -> None:
    """Run the rules of one group."""
    _begin(console, lambda: [rule for rule in all_rules(console) if rule.group == group])


def run_again(console: Console, rule_id: str) -> None:
    """Run one rule again."""
    _begin(console, lambda: one_rule(console, rule_id))


def look_again(console: Console, rule_id: str) -> None:
    """Run one rule again under the page that is open; it shows what the rule says now."""
    if console.audit_stop is None:
        _begin(console, lambda: one_rule(console, rule_id), stay=True)


def run_about(console: Console, aim: Aim) -> None:
    """Run the rules that can say something of what a row is about, and show what they say of it."""
    _begin(console, lambda: [rule for rule in all_rules(console) if rule.kind in aim.kinds], aim)


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
        new, problem = await asyncio.to_thread(
            reviewed, run, console.settings.state_folder, accepted, asked="the console"
        )
        if problem:
            console.say(f"This run is not kept, and what was before is not known. {problem}")
    else:
        new = review(run, waivers=accepted)
    console.moments.extra["audit"] = waived_anew(joined(shown, new, keep), accepted)
    console.refresh_board()
    if keep:
        await recall(console)


async def accepted_now(console: Console) -> tuple[Waiver, ...]:
    """The waivers of the configuration folder; none, and a message, where the file has a mistake."""
    path = console.settings.config_folder / waivers.FILE
    try:
        return await asyncio.to_thread(waivers.load, [path]) if path.exists() else ()
    except ConfigError as error:
        console.say(f"No finding is waived: {error}")
        return ()


async def take_waivers(console: Console) -> None:
    """Tell apart anew what is waived, after the file was changed."""
    from cryotui.audit.joining import waived_anew

    accepted = await accepted_now(console)
    shown: AuditReview | None = console.moments.extra.get("audit")
    if shown is not None:
        console.moments.extra["audit"] = waived_anew(shown, accepted)
    console.board.choice.tags.clear()
    await recall(console)


async def recall(console: Console) -> None:
    """What the kept runs say of this database goes to Overview. It is asked beside the console, which goes on."""
    server = console.server
    if server is None:
        return
    accepted = await accepted_now(console)
    folder, target = console.settings.state_folder, console.target.name
    kept, problem = None, None
    if not _never_kept(folder):
        kept, problem = await asyncio.to_thread(_remembered, server, target, folder, accepted)
    if problem:
        console.say(f"What earlier audits found is not known. {problem}")
        console.moments.extra.pop("audit_kept", None)
    else:
        console.moments.extra["audit_kept"] = kept
    console.refresh_board()


def _never_kept(folder: Path) -> bool:
    """Whether no audit was ever kept: nothing is loaded to learn that there is nothing."""
    try:
        return not (folder / AUDITS).exists()
    except OSError:  # whoever opens it says why it cannot be read
        return False


def _remembered(
    server: Server, target: str, folder: Path, accepted: Sequence[Waiver]
) -> tuple[Remembered | None, str | None]:
    """Imported here, in a thread of its own: the first frame does not wait for the audit."""
    from cryotui.audit.history import HistoryError, place_of
    from cryotui.audit.reviewing import remembered

    place = place_of(server.system_identifier, target, server.database)
    try:
        return remembered(place, target, folder, accepted), None
    except HistoryError as error:
        return None, str(error)


def _begin(
    console: Console, chosen: Callable[[], Sequence[AuditRule]], aim: Aim | None = None, stay: bool = False
) -> None:
    if console.audit_stop is not None:
        console.say("The audit runs already; X stops it.")
        return
    console.spawn(_audit(console, chosen, aim, stay))


async def _audit(console: Console, chosen: Callable[[], Sequence[AuditRule]], aim: Aim | None, stay: bool) -> None:
    from cryotui.audit import run as audit_run

    console.connection.need()
    if not stay:
        console.open_pane("audit")
    extra: dict[str, Any] = console.moments.extra
    console.audit_stop = asyncio.Event()

    groups: dict[str, str] = {}

    def progress(done: int, total: int, rule: str) -> None:
        extra["audit_progress"] = (done, total, f"{groups[rule]}: {rule}" if rule in groups else rule)
        if console.pane.name == "audit":
            console.refresh_board()

    try:
        progress(0, 1, "connecting")
        rules = chosen()
        groups.update((rule.title, rule.group) for rule in rules)
        run = await audit_run(here(console), rules, on_progress=progress, stop=console.audit_stop)
        await take_in(console, run)
        if aim is not None and console.pane.name == "audit":
            console.open_view("findings")
            console.board.set_filter(aim.filter)
        console.say(_said(console, run, aim))
    finally:
        console.audit_stop = extra["audit_progress"] = None
        console.refresh_board()


def _said(console: Console, run: AuditRun, aim: Aim | None) -> str:
    if not run.complete:
        return f"The audit was cut off: {run.reason} What it found so far is shown."
    if aim is not None and console.pane.name != "audit":
        return f"{len(run.rules)} rules about {aim.named} have run; 0 shows what they found."
    if aim is not None and aim.filter:
        about = console.board.shown[0]
        found = "nothing found" if not about else "1 finding" if about == 1 else f"{about} findings"
        return f"{len(run.rules)} rules about {aim.named}: {found}. Esc shows the rest."
    if len(run.rules) == 1:
        number = len(run.counted)
        return f"{run.rules[0].title} was run again: {number or 'no'} {'finding' if number == 1 else 'findings'}."
    return f"{len(run.rules)} rules have run."
