"""A pane: what is shown, as data. Columns, views and sections; no widget, no colour, no question to a server.

A pane is drawn from a ``Moment``: the newest samples of its probes, their rates, and what is known of the server. Its
``blocks`` are what stands in the body from top to bottom. The console and ``cryotui show`` draw the same blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any, Literal

from cryotui.model import units
from cryotui.model.rates import Rates
from cryotui.model.record import dataclass
from cryotui.model.sample import Missing, Row, Sample
from cryotui.model.server import Server
from cryotui.model.settings import Settings
from cryotui.model.tabs import Tab

Mark = Literal["bad", "unknown", "watch", "info", "good"]
"""Severity of a cell, a row, a tab. Its shape and colour are the console's business."""

Role = Literal["text", "quiet", "primary", "accent", "good", "watch", "bad", "cold", "info", "rule", "bold"]
"""What a piece of text is; a theme gives it a colour, marks and bold carry it without colour."""

Span = tuple[str, Role]
Line = tuple[Span, ...]
Series = Sequence[float | None]

MARK_ORDER: tuple[Mark, ...] = ("bad", "unknown", "watch", "info", "good")
"""Worst first: unknown outranks everything but bad."""

FILL = -1
"""A column width that takes what is left."""


def worst(marks: Sequence[Mark | None]) -> Mark | None:
    """The worst of the marks, None when there is none."""
    found = [mark for mark in marks if mark]
    return min(found, key=MARK_ORDER.index) if found else None


@dataclass(frozen=True)
class Moment:
    """Everything a pane may look at when it is drawn.

    ``samples`` and ``rates`` are by probe name; a probe that was never answered is absent. ``history`` holds the bounded
    series of the last minutes by name (``connections``, ``transactions`` ...). ``view`` is the name of the active view.
    ``unfolded`` are the keys of rows the operator opened. ``extra`` carries values that are no samples, such as the running
    actions and the action log.
    """

    server: Server
    samples: Mapping[str, Sample]
    rates: Mapping[str, Rates]
    settings: Settings
    now: datetime
    view: str = ""
    history: Mapping[str, Series] = field(default_factory=dict)
    unfolded: frozenset[object] = frozenset()
    tree: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, probe: str) -> Sequence[Row]:
        """The newest rows of a probe, empty when it was not answered."""
        sample = self.samples.get(probe)
        return sample.rows if sample else ()

    def one(self, probe: str) -> Row | None:
        """The single row of a probe that answers with one."""
        sample = self.samples.get(probe)
        return sample.one if sample else None

    def missing(self, probe: str) -> Missing | None:
        """Why a probe has no rows, None when it has or when it was not asked yet."""
        sample = self.samples.get(probe)
        return sample.missing if sample else None


Value = Callable[[Row, Moment], Any]
Form = Callable[[Any], str]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    ``name`` is the field's name in the vocabulary, also the JSON key; ``value`` gets it from a row (the row's own field
    when left out), ``form`` makes it text. ``narrow`` and ``wide`` are its widths at 80 and from 120 cells on: 0 is absent,
    ``FILL`` takes what is left. ``leaves``: 1 leaves first when the table is too wide, None never. ``mark`` judges the
    cell. ``quiet`` tells whether the cell is drawn quiet. ``about`` answers what this number is: meaning, unit, source,
    method, limits. ``words`` makes the text from the row where the value alone does not tell enough.
    """

    name: str
    title: str
    narrow: int
    wide: int
    value: Value | None = None
    form: Form = units.text
    align: Literal["L", "R"] = "R"
    leaves: int | None = None
    mark: Callable[[Row, Moment], Mark | None] | None = None
    quiet: Callable[[Row, Moment], bool] | None = None
    about: str = ""
    wide_title: str | None = None
    ascending: bool = False
    estimate: bool = False
    words: Callable[[Row, Moment], str] | None = None

    def get(self, row: Row, moment: Moment) -> Any:
        """The cell's value, for sorting and for export."""
        return row.get(self.name) if self.value is None else self.value(row, moment)

    def text(self, row: Row, moment: Moment) -> str:
        """The cell as it is drawn, on one line."""
        return self.form(self.get(row, moment)) if self.words is None else self.words(row, moment)


def per_second(counter: str, probe: str) -> Value:
    """A column value: the growth of a counter a second."""

    def value(row: Row, moment: Moment) -> float | None:
        rates = moment.rates.get(probe)
        return rates.per_second(row, counter) if rates else None

    return value


@dataclass(frozen=True, slots=True)
class Rule:
    """A section's title on a rule across the body, with a note at its right end."""

    title: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    """Lines of text. With ``key`` and ``row`` the first of them can carry the cursor, and actions apply to that row.

    ``pinned`` ones stand before the first table and stay in sight with its heads; they carry no cursor.
    """

    lines: tuple[Line, ...]
    key: object = None
    row: Row | None = None
    mark: Mark | None = None
    pinned: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under columns. The console filters and sorts the ``main`` one; ``below`` adds a second line to a row."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    key: tuple[str, ...]
    main: bool = True
    below: Callable[[Row, Moment], Line | None] | None = None
    empty: str = ""
    heads: bool = True


Block = Rule | Prose | Table


@dataclass(frozen=True)
class View:
    """One way to look at a pane's main table: which rows, in which order, with which further probes.

    The number behind a view's title is ``count(moment)`` where given, else how many rows it keeps. ``once``: it tells
    something from a single sample, where the other views need two.
    """

    name: str
    title: str
    keep: Callable[[Row, Moment], bool] | None = None
    sort: str | None = None
    ascending: bool | None = None
    probes: tuple[str, ...] = ()
    counted: bool = True
    about: str = ""
    count: Callable[[Moment], int | None] | None = None
    once: bool = False


def _no_line(row: Row, moment: Moment) -> str:
    return ""


def _no_detail(row: Row, moment: Moment, width: int) -> Sequence[Block]:
    return ()


@dataclass(frozen=True)
class Pane:
    """One tab of the console and one word of ``cryotui show``.

    ``probes`` are asked while the pane is visible, besides those of the active view. ``blocks(moment, width)`` is the
    body; exactly one Table in it is ``main``. ``sort`` is the default column of the main table, None for the order in
    which ``blocks`` gives the rows. ``line(row, moment)`` is the one line about the row under the cursor.
    ``detail(row, moment, width)`` is what Enter opens; ``detail_probes`` are asked for it with the row's fields as
    parameters. ``worst(moment)`` is the tab's mark. ``follow_up(moment)`` names the probes to ask after each answer of
    ``probes``, with their parameters, where what to ask depends on that answer. ``marked`` names probes that are asked
    with these parameters when a mark is set, because what ``follow_up`` asks is not all that the mark has to know.
    ``named`` calls a row by another name than its first cell, None where that cell is its name. ``preview`` is what the panel
    of a large screen has room for, ``detail`` where it is left out.
    """

    tab: Tab
    about: str
    probes: tuple[str, ...]
    blocks: Callable[[Moment, int], Sequence[Block]]
    views: tuple[View, ...] = ()
    sort: str | None = None
    line: Callable[[Row, Moment], str] = _no_line
    detail: Callable[[Row, Moment, int], Sequence[Block]] = _no_detail
    detail_probes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    worst: Callable[[Moment], Mark | None] = lambda moment: None
    note: Callable[[Moment], str] = lambda moment: ""
    footnote: Callable[[Moment], str] = lambda moment: ""
    keys: tuple[str, ...] = ()
    follow_up: Callable[[Moment], Mapping[str, tuple[object, ...]]] | None = None
    marked: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    named: Callable[[Row], str | None] = lambda row: None
    preview: Callable[[Row, Moment, int], Sequence[Block]] | None = None

    @property
    def name(self) -> str:
        """The word of ``cryotui show``."""
        return self.tab.name

    @property
    def title(self) -> str:
        """What the tab says where there is room."""
        return self.tab.title

    def title_of(self, row: Row, table: Table | None, moment: Moment) -> str:
        """What the detail of a row is called: its name, else its first cell; empty for a row of no table."""
        if table is None:
            return ""
        return self.named(row) or table.columns[0].text(row, moment).strip(" ├└│+")

    def view(self, name: str) -> View | None:
        """The view of that name, the first one for an unknown name, None when the pane has none."""
        return next((view for view in self.views if view.name == name), self.views[0] if self.views else None)
