"""Time: stop it, ask again, how often, since when."""

from __future__ import annotations

from cryotui.tui import asking
from cryotui.tui.commands.binding import command
from cryotui.tui.console import Console


@command("pause")
def _pause(console: Console, key: str) -> None:
    console.feed.pause(not console.feed.paused)
    console.say("Stopped: nothing is asked until p." if console.feed.paused else "Going on.")


@command("refresh")
def _refresh(console: Console, key: str) -> None:
    console.feed.refresh()
    console.spawn(console._outside(console.pane.name))
    if console.pane.name == "audit":
        asking.run_audit(console)
    elif not console.connected:
        console.ask_password()
        console.say("Trying now.")


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
    console.say("Marked: the view Mark counts from here. Nothing was reset on the server.")
    console.refresh_board()
