"""Time: stop it, ask again, how often, since when."""

from __future__ import annotations

from cryotui import panes
from cryotui.model.pane import Pane
from cryotui.tui.asking import audit, password
from cryotui.tui.commands.binding import command
from cryotui.tui.console import Console


@command("pause")
def _pause(console: Console, key: str) -> None:
    console.feed.pause(not console.feed.paused)
    console.say("Stopped: nothing is asked until p." if console.feed.paused else "Going on.")


@command("refresh")
def _refresh(console: Console, key: str) -> None:
    console.look_outside()
    if not console.connection.alive:
        password.retry(console)
        return
    console.feed.refresh()
    if console.pane.name == "audit":
        audit.run_audit(console)


@command("interval")
def _interval(console: Console, key: str) -> None:
    steps = [1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 60.0]
    now = console.feed.interval
    longer = key not in ("minus", "-")
    fitting = [step for step in steps if (step > now if longer else step < now)]
    if not fitting:
        console.say(f"{now:g} s is the {'longest' if longer else 'shortest'} interval.")
        return
    console.feed.set_interval(fitting[0] if longer else fitting[-1])
    console.say(f"Asked every {console.feed.interval:g} s.")


@command("mark")
def _mark(console: Console, key: str) -> None:
    console.moments.set_mark()
    where = console.pane if _has_mark(console.pane) else next(filter(_has_mark, panes.panes()), None)
    view = "the view Mark" if where is console.pane else f"Mark in {where.title}" if where else "later numbers"
    console.say(f"Marked: {view} counts from here. Nothing was reset on the server.")
    console.refresh_board()
    if console.pane.marked:
        console.spawn(_complete_mark(console))


def _has_mark(pane: Pane) -> bool:
    return any(view.name == "mark" for view in pane.views)


async def _complete_mark(console: Console) -> None:
    for name, parameters in console.pane.marked.items():
        console.moments.complete_mark(await console.feed.ask(name, parameters))
    console.refresh_board()
