"""The examples of the rules: bad objects, good ones, and what is to be found. One file a rule, in rules/.

``-- expects: SEVERITY OBJECT [| EVIDENCE]`` once for each finding (``{database}`` is the database's name), ``-- limits:
name=value ...`` of the rule, and ``-- runs: outside`` where the example needs committed work: then it has a database of
its own. ``-- source: NAME`` is a configured backup source that holds nothing. ``-- lacks: version`` (or another kind of
what is missing) when some majors of the matrix cannot be checked.

A rule about settings has ``-- badly: setting = value`` lines (``-- badly@17:`` from that major on), ``-- hba: line`` lines of
pg_hba.conf and ``-- well: setting = value`` lines. The lines of all examples together make one badly and one well set
server for each major: the rule finds what is expected in a database of its own on the first, and nothing on the second.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "rules"
Setting = tuple[int, str, str]
"""From which major on, name, value."""


@dataclass(frozen=True)
class Example:
    """One rule's example; ``expected`` is severity, object and, where the file gives it, evidence."""

    rule: str
    sql: str
    expected: frozenset[tuple[str, str, str | None]]
    limits: dict[str, float] = field(default_factory=dict)
    outside: bool = False
    badly: tuple[Setting, ...] = ()
    well: tuple[Setting, ...] = ()
    hba: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    lacks: str | None = None

    @property
    def about_settings(self) -> bool:
        """Whether it runs on the badly and the well set server."""
        return bool(self.badly or self.well or self.hba)

    @property
    def statements(self) -> list[str]:
        """The statements one by one, for work that no transaction block can hold."""
        plain = "\n".join(line for line in self.sql.splitlines() if not line.startswith("--"))
        return [part.strip() for part in re.split(r";\s*\n(?![^$]*\$\$)", plain + "\n") if part.strip()]


def example(path: Path) -> Example:
    """The example of a file."""
    words: dict[str, list[str]] = {}
    text = path.read_text(encoding="utf-8")
    for line in text.splitlines():
        if found := re.fullmatch(r"-- (expects|limits|runs|badly|well|hba|source|lacks)(?:@(\d+))?: (.*)", line):
            words.setdefault(found[1], []).append(f"{found[2] or 14}@{found[3]}")
    expected = set()
    for line in _plain(words, "expects"):
        what, _, evidence = line.partition(" | ")
        severity, _, name = what.partition(" ")
        expected.add((severity, name, evidence or None))
    limits = {
        f"{path.stem}.{name}": float(value)
        for pair in " ".join(_plain(words, "limits")).split()
        for name, value in [pair.split("=")]
    }
    return Example(
        path.stem,
        text,
        frozenset(expected),
        limits,
        _plain(words, "runs") == ["outside"],
        badly=_settings(words, "badly"),
        well=_settings(words, "well"),
        hba=tuple(_plain(words, "hba")),
        sources=tuple(_plain(words, "source")),
        lacks=next(iter(_plain(words, "lacks")), None),
    )


def _plain(words: dict[str, list[str]], word: str) -> list[str]:
    return [line.partition("@")[2] for line in words.get(word, [])]


def _settings(words: dict[str, list[str]], word: str) -> tuple[Setting, ...]:
    found = []
    for line in words.get(word, []):
        major, _, pair = line.partition("@")
        name, _, value = pair.partition("=")
        found.append((int(major), name.strip(), value.strip()))
    return tuple(found)


def together(word: str, major: int) -> dict[str, str]:
    """The settings of all examples for one server. Raises ValueError when two of them want different values."""
    merged: dict[str, tuple[str, str]] = {}
    for one in examples():
        settings: tuple[Setting, ...] = getattr(one, word)
        for since, name, value in settings:
            if since > major:
                continue
            if name in merged and merged[name][0] != value:
                raise ValueError(f"{one.rule} and {merged[name][1]} want different values of {name}")
            merged[name] = (value, one.rule)
    return {name: value for name, (value, _) in merged.items()}


def examples() -> list[Example]:
    """All examples in the order of their files."""
    return [example(path) for path in sorted(FOLDER.glob("*.sql"))]
