"""A running action: the screen that follows it, and stopping it."""

from __future__ import annotations

from collections.abc import Sequence

from cryotui.actions.running import Running
from cryotui.model import units
from cryotui.tui.asking import audit
from cryotui.tui.console import Console
from cryotui.tui.drawn import Drawn, folded, rule_spans
from cryotui.tui.screens.chooser import Chooser
from cryotui.tui.screens.layer import Hint
from cryotui.tui.screens.scrolled import Scrolled


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
    """Stop a running action of ours: asks which, then asks the server to cancel it."""
    alive = console.connection.runnings
    if console.audit_stop is not None and not alive:
        audit.stop(console)
        return
    if not alive:
        console.say("No action of ours runs.")
        return

    def choose(index: int) -> None:
        if index == len(alive):
            audit.stop(console)
            return
        console.spawn(alive[index].stop())
        console.say(f"{alive[index].title} is told to stop.")

    items: list[tuple[str, str, str | None]] = [(one.title, f"pid {one.pid or '-'}", None) for one in alive]
    if console.audit_stop is not None:
        items.append(("The audit", "what it found so far stays", None))
    console.push(Chooser("Stop which", items, choose))
