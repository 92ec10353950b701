"""SQL text for reading: its parts by kind, and its lines broken before the main clauses. Linear in the length of the text.

This is a scanner, not a parser: it knows where strings, comments, numbers, parameters and names begin and end as
PostgreSQL's own scanner does, also in text that was cut in the middle, and never changes a character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field

from cryotui.model.pane import Line, Role, Span
from cryotui.model.record import dataclass
from cryotui.model.text import cells

_TOKEN = re.compile(
    r"""
      (?P<blank>\s+)
    | (?P<line_comment>--[^\n]*)
    | (?P<comment>/\*)
    | (?P<escaped>[eE]'(?:[^'\\]++|''|\\.)*+(?:'|\\?\Z))
    | (?P<string>(?:[bBxXnN]|[uU]&)?'(?:[^']++|'')*+(?:'|\Z))
    | (?P<quoted>(?:[uU]&)?"(?:[^"]++|"")*+(?:"|\Z))
    | (?P<parameter>\$\d+)
    | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
    | (?P<number>(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+
                   |\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?))
    | (?P<word>[^\W\d][\w$]*)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_ROLES: dict[str, Role] = {
    "line_comment": "quiet", "comment": "quiet", "escaped": "good", "string": "good", "dollar": "good",
    "parameter": "accent", "number": "accent",
}  # fmt: skip

_HIDDEN = {
    "line_comment": "", "comment": "", "escaped": "?", "string": "?", "dollar": "?", "number": "?",
}  # fmt: skip

KEYWORDS = frozenset(
    """
    all alter analyze and any array as asc between by cascade case cast check cluster collate column commit concurrently
    conflict constraint copy create cross current_date current_timestamp current_user cursor database deallocate declare
    default delete desc distinct do drop else end escape except excluded execute exists explain extension false fetch
    filter following for foreign from full function grant group grouping having if ilike in index inner insert intersect
    interval into is isnull join key language lateral left like limit lock materialized merge natural not nothing notify
    notnull null nulls of offset on only or order ordinality outer over partition policy preceding prepare primary
    procedure range recursive references refresh reindex release restrict returning returns revoke right role rollback
    row rows savepoint schema select sequence session set show similar some start table tablesample temporary then to
    transaction trigger true truncate type unbounded union unique unlisten update user using vacuum values view when
    where window with within without
    """.split()  # noqa: SIM905
)
"""Words drawn as keywords: those that give a statement its shape, reserved or not."""

_BREAKS = frozenset(
    """
    select from where having limit offset fetch union intersect except values returning window group order join left
    right full inner cross natural set on when using insert update delete
    """.split()  # noqa: SIM905
)
_JOIN_WORDS = frozenset(("left", "right", "full", "inner", "cross", "natural", "outer"))


def tokens(sql: str) -> list[Span]:
    """The whole text as spans in order, each with its role: joined they give the text again.

    Keywords are ``primary``, strings ``good``, comments ``quiet``, numbers and parameters ``accent``, all else ``text``.
    """
    return [(text, _role(kind, text)) for kind, text in _scan(sql)]


def without_literals(sql: str) -> str:
    """The text with every string and number replaced by ``?``, for screens that others see; comments go too."""
    return "".join(_HIDDEN.get(kind, text) for kind, text in _scan(sql))


def _role(kind: str, text: str) -> Role:
    if kind == "word":
        return "primary" if text.lower() in KEYWORDS else "text"
    return _ROLES.get(kind, "text")


def _scan(sql: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(sql):
        match = _TOKEN.match(sql, position)
        assert match is not None, "the last alternative takes any character"
        kind, end = match.lastgroup or "other", match.end()
        if kind == "comment":
            end = _comment_end(sql, end)
        elif kind == "dollar":
            close = sql.find(match.group(), end)
            end = len(sql) if close < 0 else close + len(match.group())
        yield kind, sql[position:end]
        position = end


def _comment_end(sql: str, position: int) -> int:
    depth = 1  # comments nest in PostgreSQL
    for edge in _COMMENT_EDGE.finditer(sql, position):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(sql)


def broken(sql: str, width: int) -> list[Line]:
    """The text over lines of at most ``width`` cells, for the detail of a row.

    A text of several lines keeps its own line breaks. A text of one line goes on in a new line before each main clause,
    indented where the clause belongs to a subquery. Lines that are too long go on in the next line, at a blank where there
    is one. Only blanks at the breaks are left out.
    """
    page = _Page(max(width, 8))
    one_line = "\n" not in sql.strip()
    parts = list(_scan(sql.strip()))
    words = [text.lower() if kind == "word" else "" for kind, text in parts]
    seen: set[str] = set()
    subqueries: list[bool] = []  # for each open parenthesis, whether it holds a query of its own
    lists = 0  # how many of them do not
    for index, (kind, text) in enumerate(parts):
        if kind == "blank":
            page.blank(text, keep_breaks=not one_line)
            continue
        if one_line and not lists and words[index] in _BREAKS and _begins_clause(words, parts, index, seen):
            page.new_line(2 * len(subqueries))
        if text == "(":
            subqueries.append(_word_after(words, parts, index) in ("select", "with", "values"))
            lists += not subqueries[-1]
        elif text == ")" and subqueries:
            lists -= not subqueries.pop()
        seen.add(words[index])
        page.write(text, _role(kind, text))
    return page.finish()


def _word_after(words: list[str], parts: list[tuple[str, str]], index: int) -> str:
    """The next part but blanks and comments, in lower case; empty where it is no word."""
    for later in range(index + 1, min(index + 6, len(parts))):
        if parts[later][0] not in ("blank", "comment", "line_comment"):
            return words[later]
    return ""


def _before(words: list[str], parts: list[tuple[str, str]], index: int) -> str:
    """The part before but blanks and comments: a word in lower case, else the text itself; empty at the beginning."""
    for earlier in range(index - 1, max(index - 6, -1), -1):
        if parts[earlier][0] not in ("blank", "comment", "line_comment"):
            return words[earlier] or parts[earlier][1]
    return ""


def _begins_clause(words: list[str], parts: list[tuple[str, str]], index: int, seen: set[str]) -> bool:
    before, after = _before(words, parts, index), _word_after(words, parts, index)
    if before in ("", ".", "("):
        return False
    match words[index]:
        case "from":
            return before not in ("delete", "distinct")  # DELETE FROM, IS DISTINCT FROM
        case "join":
            return before not in _JOIN_WORDS
        case "left" | "right" | "full" | "inner" | "cross" | "natural":
            return after in ("join", *_JOIN_WORDS) and before not in _JOIN_WORDS
        case "group" | "order":
            return after == "by"
        case "set":
            return "update" in seen and before not in ("update", "delete")  # not DO UPDATE SET, ON DELETE SET NULL
        case "on":
            return after == "conflict"
        case "when":
            return "merge" in seen and after in ("matched", "not")
        case "using":
            return after != "" and not seen.isdisjoint(("delete", "merge"))  # JOIN ... USING has a list
        case "insert" | "update" | "delete":
            return before == ")"  # after the queries of WITH
        case "select":
            return before not in ("explain", "analyze", "verbose")
        case _:
            return True


@dataclass
class _Page:
    """Lines being filled: what is written goes on in the next line where it does not fit."""

    width: int
    lines: list[Line] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    used: int = 0
    indent: int = 0
    waiting: str = ""  # blanks, written only when something follows on the same line

    def new_line(self, indent: int) -> None:
        if self.spans:
            self.lines.append(tuple(self.spans))
        self._start(indent)

    def _start(self, indent: int) -> None:
        self.indent = min(indent, self.width // 2)
        self.spans = [(" " * self.indent, "text")] if self.indent else []
        self.used, self.waiting = self.indent, ""

    def blank(self, text: str, keep_breaks: bool) -> None:
        if keep_breaks and "\n" in text:
            for _ in range(min(text.count("\n"), 2)):  # one empty line stays, more do not
                self.lines.append(tuple(self.spans))
                self.spans = []
            self._start(len(text.rpartition("\n")[2].expandtabs(4)))
        elif self.used > self.indent:
            self.waiting = " " if "\n" in text else text.expandtabs(4)

    def write(self, text: str, role: Role) -> None:
        for number, piece in enumerate(text.expandtabs(4).split("\n")):
            if number:
                self.lines.append(tuple(self.spans))
                self._start(0)
            self._fill(piece, role)

    def _fill(self, piece: str, role: Role) -> None:
        taken = cells(piece)
        if self.used + len(self.waiting) + taken > self.width and self.used > self.indent + 2:
            self._go_on(self.indent + 2)
        if self.waiting and self.spans:
            self.spans.append((self.waiting, "text"))
            self.used += len(self.waiting)
        self.waiting = ""
        if self.used + taken <= self.width:
            if piece:
                self.spans.append((piece, role))
                self.used += taken
            return
        for number, part in enumerate(_parts(piece, self.width - self.used, self.width)):
            if number:
                self._go_on(0)
            self.spans.append((part, role))
            self.used += cells(part)

    def _go_on(self, indent: int) -> None:
        self.lines.append(tuple(self.spans))
        own = self.indent
        self._start(indent)
        self.indent = own

    def finish(self) -> list[Line]:
        if self.spans:
            self.lines.append(tuple(self.spans))
        return self.lines


def _parts(text: str, first: int, width: int) -> Iterator[str]:
    """The text in parts of at most ``first`` cells, then of at most ``width``; every character once."""
    begin, used, room = 0, 0, max(first, 0)
    for index, character in enumerate(text):
        taken = cells(character)
        if used + taken > room:
            yield text[begin:index]
            begin, used, room = index, 0, width
        used += taken
    yield text[begin:]
