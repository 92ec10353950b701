"""What the keys do: one function for each id of the key registry, ``(console, key) -> None``.

A command that has nothing to work on says so in one line; none is silent.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from cryotui.actions.registry import actions
from cryotui.model import keys as registry
from cryotui.model.sample import row_key
from cryotui.tui import asking, taking
from cryotui.tui.board import Drawn, rule_spans
from cryotui.tui.console import Console
from cryotui.tui.screens.layer import Chooser, Scrolled, block_lines, folded

Command = Callable[[Console, str], None]

COMMANDS: dict[str, Command] = {}


def command(identity: str) -> Callable[[Command], Command]:
    """Bind a function to an id of the key registry."""

    def bind(function: Command) -> Command:
        COMMANDS[identity] = function
        return function

    return bind


def run(console: Console, identity: str, key: str = "") -> None:
    """Run a command by its id; what belongs to later work says so."""
    entry = registry.by_id(identity)
    function = COMMANDS.get(identity)
    if function is None:
        console.say(f"{entry.shown}: {entry.meaning} is not there yet.")
        return
    console.banner = None
    function(console, key)
    console.redraw()


# move


@command("row")
def _row(console: Console, key: str) -> None:
    console.board.move(-1 if key in ("up", "k") else 1)


@command("page")
def _page(console: Console, key: str) -> None:
    console.board.move(-console.board.room if key == "pageup" else console.board.room)


@command("ends")
def _ends(console: Console, key: str) -> None:
    console.board.move(-(10**9) if key in ("home", "g") else 10**9)


@command("columns-scroll")
def _columns_scroll(console: Console, key: str) -> None:
    step = -1 if key in ("left", "[") else 1
    if not console.board.shift(step):
        console.say("There are no columns further on." if step > 0 else "This is the first column.")


@command("pane")
def _pane(console: Console, key: str) -> None:
    pane = next((pane for pane in console.panes if pane.digit == key), None)
    if pane is None:
        console.say(f"{key} opens nothing here.")
    else:
        console.open_pane(pane.name)


@command("next-part")
def _next_part(console: Console, key: str) -> None:
    view = console.board.next_view(-1 if key == "shift+tab" else 1)
    if view is None:
        console.say(f"{console.pane.title} has one view only.")
    else:
        console.open_view(view)


@command("detail")
def _detail(console: Console, key: str) -> None:
    board = console.board
    row, moment = board.row, board.moment
    if row is None or moment is None:
        console.say("There is no row under the cursor.")
        return
    folded = row.get("folded")
    if folded is not None:
        board.choice.unfolded ^= {folded}
        console.refresh_board()
        return
    goes_to = row.get("goes_to")
    if goes_to:
        console.open_pane(str(goes_to))
        if row.get("goes_to_view"):
            console.open_view(str(row["goes_to_view"]))
        if row.get("goes_to_key") is not None:
            console.board.choice.cursor = (console.board.choice.cursor or ("", None))[0], row["goes_to_key"]
        return
    show_detail(console)


def show_detail(console: Console) -> None:
    """Everything of the row under the cursor; asked for anew where a probe knows more."""
    board = console.board
    row, table, moment = board.row, board.row_table, board.moment
    assert row is not None and moment is not None
    pane = console.pane
    first = table.columns[0].text(row, moment).strip(" ├└│+") if table else str(row.get("name") or pane.title)
    key = row_key(row, table.key) if table else None

    def lines(width: int) -> list[Drawn]:
        now = console.moments.moment(moment.server, board.choice.view, extra=moment.extra)
        return block_lines(pane.detail(row, now, width), now, width, console.target.protected) or _fields(row, width)

    layer = Scrolled(first, lines, foot=pane.line(row, moment), note=pane.title)
    layer.subject = (pane.name, key)  # type: ignore[attr-defined]
    console.push(layer)
    questions = {
        probe: tuple(row.get(field) for field in fields)
        for probe, fields in pane.detail_probes.items()
        if all(row.get(field) is not None for field in fields)
    }
    if questions and console.connected:
        console.spawn(_ask_detail(console, questions))


async def _ask_detail(console: Console, questions: dict[str, tuple[object, ...]]) -> None:
    for name, parameters in questions.items():
        sample = await console.feed.ask(name, parameters)
        console.moments.samples[name] = sample
    console.redraw()


def _fields(row: object, width: int) -> list[Drawn]:
    from cryotui.model import units
    from cryotui.model.text import one_line

    names = list(row.keys())  # type: ignore[attr-defined]
    wide = max(map(len, names), default=0)
    return [
        ([(f"   {name:{wide}}  ", "quiet"), (one_line(units.text(row[name])), "text")], "background")  # type: ignore[index]
        for name in names
    ]


@command("back")
def _back(console: Console, key: str) -> None:
    if console.layers:
        console.layers[-1].close()
    elif console.pane.name != console.panes[0].name:
        console.open_pane(console.panes[0].name)
    else:
        console.say("This is the first screen. q leaves the console.")


@command("close")
def _close(console: Console, key: str) -> None:
    if console.layers:
        console.layers[-1].close()
    elif console.board.choice.filter:
        console.board.set_filter("")
        console.refresh_board()
    elif console.board.choice.tags:
        console.say("Esc closes what lies on top and clears the filter. U takes the tags away, q leaves.")
    else:
        console.say("Nothing lies on top and no filter is set. q leaves the console.")


@command("quit")
def _quit(console: Console, key: str) -> None:
    if console.layers:
        console.layers[-1].close()
    else:
        asking.leave(console)


@command("palette")
def _palette(console: Console, key: str) -> None:
    entries: list[tuple[str, str, Callable[[], object]]] = []
    for pane in console.panes:
        entries.append((f"{pane.digit}  {pane.title}", pane.about, partial(console.open_pane, pane.name)))
        entries += [
            (f"{pane.title}: {view.title}", view.about, partial(_go, console, pane.name, view.name))
            for view in pane.views
        ]
    for offer in console.offers():
        note = f"{offer.action.level.word}, key {offer.action.key}"
        entries.append((offer.action.title, note, partial(asking.ask, console, offer.action)))
    for entry in registry.KEYS:
        if entry.id in COMMANDS and entry.id not in ("pane", "row", "page", "ends", "palette"):
            entries.append((entry.meaning, f"key {entry.shown}", partial(run, console, entry.id, entry.keys[0])))
    entries.append(("Run the audit", "reads the catalogs, changes nothing", partial(asking.run_audit, console)))
    entries += [(f"theme {name}", "colours", partial(console.set_theme, name)) for name in console.themes()]
    items = [(label, note, None) for label, note, _ in entries]
    console.push(Chooser("Command", items, lambda index: entries[index][2](), filtered=True))


def _go(console: Console, pane: str, view: str) -> None:
    console.open_pane(pane)
    console.open_view(view)


@command("next-marked")
def _next_marked(console: Console, key: str) -> None:
    if not console.board.next_marked(1 if key == "n" else -1):
        console.say("No other row carries ▲ or ■.")


# look


@command("filter")
def _filter(console: Console, key: str) -> None:
    if console.board.table is None:
        console.say(f"{console.pane.title} has no list to filter.")
        return
    console.filter_typed = console.board.choice.filter.text


@command("sort")
def _sort(console: Console, key: str) -> None:
    _sorted(console, 1)


@command("turn-order")
def _turn(console: Console, key: str) -> None:
    if not console.board.turn_order():
        console.say("This list has an order of its own; s sorts it by a column.")


@command("sort-column")
def _sort_column(console: Console, key: str) -> None:
    _sorted(console, -1 if key in ("<", "less_than_sign") else 1)


def _sorted(console: Console, step: int) -> None:
    title = console.board.sort_next(step)
    console.say(f"Sorted by {title}." if title else f"{console.pane.title} has no list to sort.")


@command("choose-columns")
def _choose_columns(console: Console, key: str) -> None:
    table = console.board.table
    if table is None:
        console.say(f"{console.pane.title} has no columns to choose.")
        return
    columns = table.columns[1:]
    hidden = console.board.choice.hidden
    items = [(f"{' ' if c.name in hidden else 'x'} {c.wide_title or c.title}", c.about, None) for c in columns]

    def choose(index: int) -> None:
        console.board.choice.hidden ^= {columns[index].name}
        console.refresh_board()
        _choose_columns(console, key)
        chooser = console.layers[-1]
        assert isinstance(chooser, Chooser)
        chooser.position = index

    console.push(Chooser("Columns", items, choose, note="Enter shows or hides"))


@command("tree")
def _tree(console: Console, key: str) -> None:
    board = console.board
    if not any(view.name == "chains" for view in console.pane.views):
        console.say(f"{console.pane.title} has no tree.")
        return
    board.choice.tree = not board.choice.tree
    console.open_view("chains" if board.choice.tree else "all")


@command("wrap")
def _wrap(console: Console, key: str) -> None:
    console.say("Enter shows the whole text, broken into lines.")


@command("zoom")
def _zoom(console: Console, key: str) -> None:
    console.board.choice.zoomed = not console.board.choice.zoomed
    console.refresh_board()


@command("about")
def _about(console: Console, key: str) -> None:
    board = console.board
    column = board.column_under()
    pane = console.pane

    def lines(width: int) -> list[Drawn]:
        out: list[Drawn] = [(rule_spans("PANE", pane.title, width, console.target.protected), "background")]
        out += [([("   " + piece, "text")], "background") for piece in folded(pane.about, width - 6)]
        if column is not None:
            title = column.wide_title or column.title
            out.append(
                (rule_spans("COLUMN", f"{title}, the sorted one", width, console.target.protected), "background")
            )
            about = column.about or "Nothing more is known of this column."
            out += [([("   " + piece, "text")], "background") for piece in folded(about, width - 6)]
        table = board.row_table or board.table
        if table:
            out.append((rule_spans("ALL COLUMNS", "", width, console.target.protected), "background"))
            for other in table.columns:
                name = other.wide_title or other.title
                for index, piece in enumerate(folded(other.about, width - 20) if other.about else []):
                    out.append(([(f"   {name if not index else '':14} ", "accent"), (piece, "text")], "background"))
        return out

    console.push(Scrolled(f"About {pane.title}", lines))


# time


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
    console.say("Marked: numbers of the view Mark count from here. Nothing was reset on the server.")
    console.refresh_board()


# take


@command("copy")
def _copy(console: Console, key: str) -> None:
    taking.copy(console)


@command("export")
def _export(console: Console, key: str) -> None:
    taking.export(console)


@command("tag")
def _tag(console: Console, key: str) -> None:
    console.board.tag()


@command("tag-all")
def _tag_all(console: Console, key: str) -> None:
    console.say(f"{console.board.tag_all()} rows are tagged.")


@command("untag")
def _untag(console: Console, key: str) -> None:
    console.board.choice.tags.clear()
    console.say("No row is tagged.")


# act


@command("actions")
def _actions(console: Console, key: str) -> None:
    asking.menu(console)


@command("cancel")
def _cancel(console: Console, key: str) -> None:
    asking.by_key(console, "C")


@command("terminate")
def _terminate(console: Console, key: str) -> None:
    asking.by_key(console, "K")


@command("vacuum")
def _vacuum(console: Console, key: str) -> None:
    asking.by_key(console, "V")


@command("reindex")
def _reindex(console: Console, key: str) -> None:
    asking.by_key(console, "I")


@command("stop")
def _stop(console: Console, key: str) -> None:
    asking.stop(console)


@command("level")
def _level(console: Console, key: str) -> None:
    asking.level(console)


# screens


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
        from cryotui.tui.board import SIGNS

        for cause in console.moments.extra.get("causes", ()):
            sign, role = SIGNS[cause.mark]
            out.append(([(f" {sign} ", role), (cause.sentence, "bold")], "background"))
            out.append(([("   ", "text"), (cause.why, "quiet")], "background"))
        if len(out) == 1:
            out.append(([("   No alerts.", "text")], "background"))
        out.append((rule_spans("MESSAGES", "newest first", width, console.target.protected), "background"))
        from cryotui.model.units import clock

        for at, sentence in reversed(console.messages):
            out.append(([(f"   {clock(at, seconds=True)}  ", "quiet"), (sentence, "text")], "background"))
        return out

    console.push(Scrolled("Alerts and messages", lines))


@command("theme")
def _theme(console: Console, key: str) -> None:
    names = console.themes()
    console.push(Chooser("Theme", [(name, "", None) for name in names], lambda index: console.set_theme(names[index])))
