"""The examples of the rules: bad objects, good ones, and what is to be found. One file a rule, in rules/.

``-- expects: SEVERITY OBJECT [| EVIDENCE]`` once for each finding, ``-- limits: name=value ...`` of the rule, and
``-- runs: outside`` where the example needs committed work: then it has a database of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "rules"


@dataclass(frozen=True)
class Example:
    """One rule's example; ``expected`` is severity, object and, where the file gives it, evidence."""

    rule: str
    sql: str
    expected: frozenset[tuple[str, str, str | None]]
    limits: dict[str, float] = field(default_factory=dict)
    outside: bool = False

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
        if found := re.fullmatch(r"-- (expects|limits|runs): (.*)", line):
            words.setdefault(found[1], []).append(found[2])
    expected = set()
    for line in words.get("expects", []):
        what, _, evidence = line.partition(" | ")
        severity, _, name = what.partition(" ")
        expected.add((severity, name, evidence or None))
    limits = {
        f"{path.stem}.{name}": float(value)
        for pair in " ".join(words.get("limits", [])).split()
        for name, value in [pair.split("=")]
    }
    return Example(path.stem, text, frozenset(expected), limits, words.get("runs") == ["outside"])


def examples() -> list[Example]:
    """All examples in the order of their files."""
    return [example(path) for path in sorted(FOLDER.glob("*.sql"))]
