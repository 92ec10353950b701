"""A running action: the screen that follows it, and stopping it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from cryotui.actions.running import Running
from cryotui.model import units
from cryotui.panes import blockers
from cryotui.tui.asking import audit
from cryotui.tui.console import Console
from cryotui.tui.drawn import Drawn, folded, rule_spans
from cryotui.tui.screens.chooser import Chooser
from cryotui.tui.screens.layer import Hint
from cryotui.tui.screens.scrolled import Scrolled

BEHIND_SHOWN = 5
"""Sessions that wait behind ours and are named."""


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
        wait = blockers.wait_of(running.pid, console.moment()) if running.state == "running" else None
        if wait is not None:
            rule("WAITS FOR", wait.lock + (f", {units.age(wait.age)}" if wait.age is not None else ""))
            for blocker in wait.blockers:
                wrapped(blocker.words, "watch")
            if wait.behind:
                rule("WAITS BEHIND IT" if len(wait.behind) == 1 else "WAIT BEHIND IT", str(len(wait.behind)))
                for blocker in wait.behind[:BEHIND_SHOWN]:
                    wrapped(blocker.words)
        rule("SQL")
        for statement in running.sql.splitlines():
            text((statement, "text"))
        if running.notices or running.outcome is None:
            rule("SERVER SAYS", "newest last")
        for notice in running.notices:
            wrapped(str(notice))
        if not running.notices and running.outcome is None:
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
        def hints(self) -> Sequence[Hint]:
            if self.typing:
                return super().hints()
            stops: tuple[Hint, ...] = (("X", "stop it"),) if running.outcome is None else ()
            return (*stops, ("Backspace", "back"), ("8", "all that runs"), ("w", "wrap"), ("y", "copy"))

        def foot(self) -> str:
            said = super().foot()
            if said:
                return said
            if running.outcome is not None:
                return "It has ended; the action log keeps what it did."
            return "It goes on when you leave this screen; q asks before the console ends."

    console.push(RunningView(f"ours {running.title}", lines))


def stop(console: Console) -> None:
    """Stop something of ours that runs: an action, the audit, role probes; asks which where there are several."""
    listed: list[tuple[str, str, Callable[[], object]]] = [
        (one.title, f"pid {one.pid or '-'}", partial(_stop_action, console, one)) for one in console.connection.runnings
    ]
    if console.audit_stop is not None:
        listed.append(("The audit", "what it found so far stays", partial(audit.stop, console)))
    listed += [(title, "what was tried is rolled back", cancel) for title, cancel in console.probing.items()]
    if not listed:
        console.say("No action of ours runs.")
    elif len(listed) == 1 and not console.connection.runnings:
        listed[0][2]()
    else:
        items = [(title, note, None) for title, note, _ in listed]
        console.push(Chooser("Stop which", items, lambda index: listed[index][2]()))


def _stop_action(console: Console, one: Running) -> None:
    console.spawn(one.stop())
    console.say(f"{one.title} is told to stop.")
