"""Running the audit from the console, on a connection of its own."""

from __future__ import annotations

from dataclasses import replace

from cryotui.tui.console import Console


def run_audit(console: Console) -> None:
    """Run every audit rule on a connection of its own; the Audit pane fills as they come."""
    if console.moments.extra.get("audit_progress"):
        console.say("The audit runs already.")
        return
    console.spawn(_audit(console))


async def _audit(console: Console) -> None:
    from cryotui.audit import run as audit_run

    console.connection.need()
    console.open_pane("audit")

    def progress(done: int, total: int, rule: str) -> None:
        console.moments.extra["audit_progress"] = (done, total, rule)
        if console.pane.name == "audit":
            console.refresh_board()

    progress(0, 1, "connecting")
    try:
        here = replace(console.target, spec=console.connection.here)
        console.moments.extra["audit"] = await audit_run(here, on_progress=progress)
    finally:
        console.moments.extra["audit_progress"] = None
        console.refresh_board()
