"""Screens: help, alerts, palette, theme."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from cryotui import panes
from cryotui.actions.registry import actions
from cryotui.model import keys as registry
from cryotui.model.units import clock
from cryotui.tui import linkwords
from cryotui.tui.asking import action as asked
from cryotui.tui.asking import launching
from cryotui.tui.commands.binding import COMMANDS, command
from cryotui.tui.console import Console
from cryotui.tui.drawn import SIGNS, Drawn, folded, rule_spans
from cryotui.tui.screens.chooser import Chooser
from cryotui.tui.screens.scrolled import Scrolled


@command("palette")
def _palette(console: Console, key: str) -> None:
    entries: list[tuple[str, str, Callable[[], object]]] = []
    for pane in panes.panes():
        entries.append((f"{pane.tab.digit}  {pane.title}", pane.about, partial(console.open_pane, pane.name)))
        entries += [
            (f"{pane.title}: {view.title}", view.about, partial(_go, console, pane.name, view.name))
            for view in pane.views
        ]
    for offer in console.offers():
        note = f"{offer.action.level.word}, key {offer.action.key}"
        entries.append((offer.action.title, note, partial(asked.ask, console, offer.action)))
    for entry in registry.KEYS:
        if entry.id in COMMANDS and entry.id not in ("pane", "row", "page", "ends", "palette"):
            entries.append((entry.meaning, f"key {entry.shown}", partial(_run, console, entry.id, entry.keys[0])))
    entries += [(run.label, run.note, run.call) for run in launching.listed(console) if not run.refused]
    entries += [(f"theme {name}", "colours", partial(console.set_theme, name)) for name in console.themes()]
    items = [(label, note, None) for label, note, _ in entries]
    console.push(Chooser("Command", items, lambda index: entries[index][2](), filtered=True))


def _go(console: Console, pane: str, view: str) -> None:
    console.open_pane(pane)
    console.open_view(view)


@command("help")
def _help(console: Console, key: str) -> None:
    def lines(width: int) -> list[Drawn]:
        texts = registry.keys_text(width).splitlines()
        heads = {entry.group for entry in registry.KEYS}
        out: list[Drawn] = []
        for text in texts:
            role = "primary" if text.strip() and all(word in heads for word in text.split()) else "text"
            out.append(([(text, role)], "background"))
        out.append((rule_spans("ACTIONS", "level and lock", width, console.target.protected), "background"))
        for action in actions():
            spans = [
                (f" {action.key:3}", "accent"),
                (f"{action.title:28}", "text"),
                (f"{action.level.word:9}", "quiet"),
                (action.lock or "", "quiet"),
            ]
            out.append((spans, "background"))
        out.append((rule_spans("FILTER", "words must all fit", width, console.target.protected), "background"))
        for text, meaning in FILTER_WORDS:
            out.append(([(f"   {text:20}", "accent"), (meaning, "text")], "background"))
        return out

    console.push(Scrolled("Keys   one meaning each, in every pane", lines, foot="On paper: cryotui keys"))


FILTER_WORDS = (
    ("molecules", "the text is in any column"),
    ("!vacuum", "the text is nowhere in the row"),
    ("app:lab-api", "this column only; also pid: user: state: wait: table:"),
    ("age>1m", "a number, with its unit; also < >= <= ="),
    ("~^SELECT.*smiles", "a regular expression"),
    ("is:watch", "rows marked ▲ or ■; is:bad, is:tagged"),
)


@command("alerts")
def _alerts(console: Console, key: str) -> None:
    def lines(width: int) -> list[Drawn]:
        out: list[Drawn] = [(rule_spans("NOW", "", width, console.target.protected), "background")]
        for cause in console.moments.extra.get("causes", ()):
            sign, role = SIGNS[cause.mark]
            out.append(([(f" {sign} ", role), (cause.sentence, "bold")], "background"))
            out.append(([("   ", "text"), (cause.why, "quiet")], "background"))
        lost = linkwords.alert(console.feed.link)
        if lost is not None:
            pieces = folded(lost, width - 4)
            out[1:1] = [
                ([("   " if at else " ■ ", "bad"), (text, "bold")], "background") for at, text in enumerate(pieces)
            ]
            if len(out) > 1 + len(pieces):
                out.insert(1 + len(pieces), ([("   What follows was so before.", "quiet")], "background"))
        if len(out) == 1:
            out.append(([("   No alerts.", "text")], "background"))
        out.append((rule_spans("MESSAGES", "newest first", width, console.target.protected), "background"))
        for at, sentence in reversed(console.messages.kept):
            for index, piece in enumerate(folded(sentence, width - 16)):
                when = clock(at, seconds=True) if not index else ""
                out.append(([(f"   {when:11}", "quiet"), (piece, "text")], "background"))
        return out

    console.push(Scrolled("Alerts and messages", lines))


@command("theme")
def _theme(console: Console, key: str) -> None:
    names, now = console.themes(), console.theme()
    items = [(f"{'(•)' if name == now else '( )'} {name}", "", None) for name in names]
    chooser = Chooser("Theme", items, lambda index: console.set_theme(names[index]))
    chooser.position = names.index(now) if now in names else 0
    console.push(chooser)


def _run(console: Console, identity: str, key: str) -> None:
    COMMANDS[identity](console, key)
