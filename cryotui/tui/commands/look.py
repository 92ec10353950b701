"""Looking: filter, order, columns, what a number means."""

from __future__ import annotations

from cryotui.tui.commands.binding import command
from cryotui.tui.console import Console
from cryotui.tui.drawn import Drawn, folded, rule_spans
from cryotui.tui.screens.chooser import Chooser
from cryotui.tui.screens.scrolled import Scrolled


@command("filter")
def _filter(console: Console, key: str) -> None:
    if console.board.table is None:
        console.say(f"{console.pane.title} has no list to filter.")
        return
    console.filter_typed = console.board.choice.filter.text
    console.filter_selected = bool(console.filter_typed)


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
