"""Moving: rows, pages, panes, views, into a row and back, out of the console."""

from __future__ import annotations

from cryotui.model.tabs import TABS
from cryotui.tui.asking import audit, leaving
from cryotui.tui.commands.binding import command
from cryotui.tui.console import Console
from cryotui.tui.drawn import Drawn
from cryotui.tui.screens.scrolled import Scrolled, block_lines


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
    name = next((tab.name for tab in TABS if tab.digit == key), None)
    if name is None:
        console.say(f"{key} opens nothing here.")
    else:
        console.open_pane(name)


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
        return
    show_detail(console)
    if row.get("remembered"):
        audit.look_again(console, str(row["rule"]))


def show_detail(console: Console) -> None:
    """Everything of the row under the cursor; asked for anew where a probe knows more."""
    board = console.board
    row, table, moment = board.row, board.row_table, board.moment
    assert row is not None and moment is not None
    pane = console.pane
    first = pane.title_of(row, table, moment) if table else str(row.get("name") or pane.title)

    def lines(width: int) -> list[Drawn]:
        now = console.moments.moment(moment.server, board.choice.view, extra={**moment.extra, **console.moments.extra})
        return block_lines(pane.detail(row, now, width), now, width, console.target.protected) or _fields(row, width)

    layer = Scrolled(first, lines, foot=pane.line(row, moment), note=f"{board.position + 1} of {board.layout.count}")
    layer.step = lambda by: _show_neighbour(console, by)
    layer.more = tuple((key, words) for key, _, words in (hint.partition(" ") for hint in pane.keys[:1]))
    console.push(layer)
    questions = {
        probe: tuple(row.get(field) for field in fields)
        for probe, fields in pane.detail_probes.items()
        if all(row.get(field) is not None for field in fields)
    }
    if questions and console.connection.alive:
        console.spawn(_ask_detail(console, questions))


def _show_neighbour(console: Console, by: int) -> None:
    """The detail of the next row that has one, or of the one before."""
    board = console.board
    while True:
        before = board.position
        board.move(by)
        row = board.row
        if row is None or board.position == before:
            console.say("This is the last row." if by > 0 else "This is the first row.", keep=False)
            return
        if row.get("folded") is None and not row.get("goes_to"):
            break
    console.layers[-1].close()
    show_detail(console)


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
    elif console.pane.name != TABS[0].name:
        console.open_pane(TABS[0].name)
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
        leaving.leave(console)


@command("next-marked")
def _next_marked(console: Console, key: str) -> None:
    if not console.board.next_marked(1 if key == "n" else -1):
        console.say("No other row carries ▲ or ■.")
