"""The little language of ``/``: which rows of a table stay.

Words must all fit, in any order: ``word`` (in any column), ``!word`` (nowhere), ``"two words"``, ``~regex``,
``column:word``, ``column>1m`` with ``< > = <= >=`` and the units the screen shows, ``is:bad`` ``is:watch`` ``is:tagged``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import Any

from cryotui.model import units
from cryotui.model.layout import row_mark
from cryotui.model.pane import Column, Moment
from cryotui.model.record import dataclass
from cryotui.model.sample import Row

_TERM = re.compile(r'!?~\S+|!?[\w./%-]*(?::|[<>]=?|=)"[^"]*"?|!?"[^"]*"?|\S+')
_COMPARISON = re.compile(r"([\w./%-]+)(<=|>=|<|>|=|:)(.*)", re.DOTALL)
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)\s*(ms|s|m|h|d|k|K|M|G|T|%|×)?")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_POWERS = {"k": 1, "K": 1, "M": 2, "G": 3, "T": 4}

Test = Callable[[Row, Moment, Sequence[Column], bool], bool]


@dataclass(frozen=True)
class Filter:
    """A parsed filter. ``problem`` says in words what cannot be understood; then no row is hidden by that part."""

    text: str = ""
    tests: tuple[Test, ...] = ()
    words: tuple[str, ...] = ()  # plain words, to be underlined where they match
    problem: str | None = None
    _marker: object = field(default=None, repr=False, compare=False)

    def keeps(self, row: Row, moment: Moment, columns: Sequence[Column], tagged: bool = False) -> bool:
        """Whether the row stays."""
        return all(test(row, moment, columns, tagged) for test in self.tests)

    def __bool__(self) -> bool:
        return bool(self.tests)


def parse(text: str) -> Filter:
    """The filter that the text means; never raises."""
    tests: list[Test] = []
    words: list[str] = []
    problem: str | None = None
    for term in _TERM.findall(text):
        negated = term.startswith("!") and len(term) > 1
        body = term[1:] if negated else term
        try:
            test = _test(body)
        except re.error as error:
            problem = f"no regular expression: {error.msg}"
            continue
        if not negated and not _COMPARISON.fullmatch(body) and not body.startswith("~"):
            words.append(body.strip('"').lower())
        tests.append(_not(test) if negated else test)
    return Filter(text, tuple(tests), tuple(word for word in words if word), problem)


def _not(test: Test) -> Test:
    return lambda row, moment, columns, tagged: not test(row, moment, columns, tagged)


def _test(term: str) -> Test:
    if term.startswith("~") and len(term) > 1:
        pattern = re.compile(term[1:], re.IGNORECASE)
        return lambda row, moment, columns, tagged: any(pattern.search(text) for text in _texts(row, moment, columns))
    comparison = None if term.startswith('"') else _COMPARISON.fullmatch(term)
    if comparison:
        name, operator, value = comparison.groups()
        if name == "is":
            return _is(value.strip('"').lower())
        return _compare(name.lower(), operator, value.strip('"'))
    word = term.strip('"').lower()
    return lambda row, moment, columns, tagged: any(word in text.lower() for text in _texts(row, moment, columns))


def _texts(row: Row, moment: Moment, columns: Sequence[Column]) -> list[str]:
    """Every text of the row: its cells as shown and its own text fields, such as a statement that is cut on screen."""
    texts = [column.text(row, moment) for column in columns]
    texts += [value for name in row.keys() if isinstance(value := row.get(name), str)]  # noqa: SIM118
    return texts


def _is(word: str) -> Test:
    def test(row: Row, moment: Moment, columns: Sequence[Column], tagged: bool) -> bool:
        if word == "tagged":
            return tagged
        mark = row_mark(columns, row, moment)
        if word == "watch":
            return mark in ("watch", "bad")
        if word == "new":
            return bool(row.get("new"))
        return mark == word

    return test


def _compare(name: str, operator: str, wanted: str) -> Test:
    def test(row: Row, moment: Moment, columns: Sequence[Column], tagged: bool) -> bool:
        column = _column(name, columns)
        value = column.get(row, moment) if column else row.get(name)
        if operator == ":":
            text = column.text(row, moment) if column else units.text(value)
            return wanted.lower() in text.lower() or wanted.lower() in units.text(value).lower()
        number = quantity(wanted, column)
        if number is None:
            return operator == "=" and units.text(value).lower() == wanted.lower()
        if isinstance(value, bool) or not isinstance(value, int | float):
            value = _as_number(value)
        if value is None:
            return False  # unknown is neither more nor less
        fits: dict[str, bool] = {
            "<": value < number,
            ">": value > number,
            "=": abs(value - number) <= abs(number) * 0.005,
            "<=": value <= number,
            ">=": value >= number,
        }
        return fits[operator]

    return test


def _column(name: str, columns: Sequence[Column]) -> Column | None:
    for column in columns:
        if name in (column.name.lower(), column.title.lower(), (column.wide_title or "").lower()):
            return column
    return next((c for c in columns if c.title.lower().startswith(name) or c.name.lower().startswith(name)), None)


def _as_number(value: Any) -> float | None:
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return None


def quantity(text: str, column: Column | None = None) -> float | None:
    """A number with a unit as the screens show it, in base units: ``1m`` is 60, ``30%`` is 0.3, ``2M`` depends.

    ``k M G T`` are steps of 1024 for a column of bytes and of 1000 otherwise. None when it is no number.
    """
    match = _NUMBER.fullmatch(text.strip())
    if not match:
        return None
    number, unit = float(match[1]), match[2]
    if unit in _SECONDS:
        return number * _SECONDS[unit]
    if unit == "%":
        return number / 100
    if unit in _POWERS:
        base = 1024 if column is not None and column.form in (units.size, units.size_rate) else 1000
        return number * float(base) ** _POWERS[unit]
    return number
