"""The level: observe, operate, danger; raising it on a protected target asks for the target's name."""

from __future__ import annotations

from cryotui.model.action import Fact, Level
from cryotui.model.errors import RefusedError
from cryotui.tui.console import Console
from cryotui.tui.screens.chooser import Chooser
from cryotui.tui.screens.sheet import Sheet


def level(console: Console) -> None:
    """Choose the level; raising it on a protected target asks for the target's name."""
    words = {
        Level.OBSERVE: "looks only, every action is refused",
        Level.OPERATE: "cancel, VACUUM, REINDEX CONCURRENTLY, audits, gentle fixes",
        Level.DANGER: f"terminate, VACUUM FULL, other fixes; ends after {console.settings.danger_minutes:g} min",
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
    chooser.position = list(Level).index(now)  # Enter at once changes nothing
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
        Fact("now", console.connection.level_word),
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
            copy=None,
            cancelled=f"Cancelled. Level stays {console.desk.level.word if console.desk else 'observe'}.",
            foot="Where am I? is asked here, once. What do I hit? is asked by each action.",
        )
    )
