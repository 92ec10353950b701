"""The rules: ``ID.sql`` in ``rules/``, ``ID@17.sql`` from server 17 on, read when first asked for.

The header's words are in rules/README.md. Users add their own by dropping files of the same form into ``rules/`` of their
configuration folder, which the asker names as ``own``; one of theirs that cannot be read becomes a rule that never passes
and says why. A line ``-- with: NAME`` in the SQL of a rule stands for the text of ``rules/shared/NAME.sql``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import cast

from cryotui.model.errors import ConfigError, UsageError
from cryotui.model.finding import Severity
from cryotui.model.rule import CERTAINTIES, COSTS, GROUPS, TIMEOUTS, AuditRule, Certainty, Group, Version
from cryotui.model.text import cells
from cryotui.probes import read, version_of

FOLDER = Path(__file__).parent / "rules"
SHARED = FOLDER / "shared"
"""Pieces of SQL that several rules have."""

WORDS = (
    "title", "severity", "group", "kind", "about", "why", "evidence", "detail", "fix", "undo", "lock", "concurrently",
    "references", "since", "needs", "cost", "certainty", "timeout", "parameters", "default",
)  # fmt: skip
NEEDED = ("title", "severity", "group", "kind", "about", "why")
NEEDS = ("extension", "role", "setting", "superuser", "primary", "standby", "api")
SUPPLIED = ("api_roles", "api_schemas", "backup_sources")
"""Parameters that the engine fills in."""

TITLE_CELLS = 27
_WITH = re.compile(r"^[ ]*-- with: ([\w-]+)(,?)$", re.MULTILINE)


def rules(own: Path | None = None) -> tuple[AuditRule, ...]:
    """All rules, by group, then by id: ours and those of the folder ``own``, which need not exist.

    An id of ours is not replaced by one of a user's. Raises ConfigError (file and line) when a file of ours has a bad
    header.
    """
    found = {rule.id: rule for rule in (*(() if own is None else _of_folder(own)), *_built_in())}
    return tuple(sorted(found.values(), key=lambda rule: (GROUPS.index(rule.group), rule.id)))


def rule(rule_id: str, own: Path | None = None) -> AuditRule:
    """The rule of that id, of ours or of the folder ``own``. Raises UsageError with the nearest known id."""
    return _named(rule_id, rules(own))


def select(
    groups: Sequence[str] = (), ids: Sequence[str] = (), own: Path | None = None, off: bool = False
) -> tuple[AuditRule, ...]:
    """The rules of these groups and those of these ids; of all groups when neither is given. Raises UsageError.

    A rule that is off by default is among them when its id is given, or with ``off``.
    """
    for group in groups:
        if group not in GROUPS:
            raise UsageError(f"{group} is no group of rules. The groups: {', '.join(GROUPS)}.")
    known = rules(own)
    wanted = {_named(rule_id, known).id for rule_id in ids}
    of_groups = groups or (() if ids else GROUPS)
    return tuple(
        found for found in known if found.id in wanted or (found.group in of_groups and (off or not found.off))
    )


def _named(rule_id: str, known: Sequence[AuditRule]) -> AuditRule:
    for found in known:
        if found.id == rule_id:
            return found
    from difflib import get_close_matches

    near = get_close_matches(rule_id, [found.id for found in known], 1)
    hint = f" Is {near[0]} meant?" if near else ""
    raise UsageError(f"{rule_id} is no rule.{hint} cryotui audit --list lists them.")


@cache
def _built_in() -> tuple[AuditRule, ...]:
    return tuple(_of_folder(FOLDER))


def _of_folder(folder: Path) -> Iterable[AuditRule]:
    files: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.sql")):
        files.setdefault(path.stem.partition("@")[0], []).append(path)
    for rule_id, paths in files.items():
        try:
            yield _loaded(rule_id, paths, "built in" if folder == FOLDER else str(folder))
        except (ConfigError, OSError, UnicodeDecodeError) as error:
            if folder == FOLDER:
                raise
            yield _faulty(rule_id, folder, str(error))


def _faulty(rule_id: str, folder: Path, why: str) -> AuditRule:
    return AuditRule(
        id=rule_id,
        title="A rule file with a fault",
        severity=Severity.INFO,
        group="config",
        kind="rule",
        about="This rule of yours cannot be used.",
        why=why,
        variants={},
        origin=str(folder),
        fault=why,
    )


def _loaded(rule_id: str, paths: Sequence[Path], origin: str) -> AuditRule:
    variants: dict[Version, str] = {}
    words: dict[str, str] = {}
    for path in sorted(paths, key=version_of):
        header, body = read(path, WORDS)
        words = {**words, **header}
        variants[version_of(path)] = _with_shared(path, body)
    return _made(rule_id, words, variants, paths[0], origin)


def _with_shared(path: Path, body: str) -> str:
    """The SQL with the text of each piece that it names in place of the line that names it."""

    def text(match: re.Match[str]) -> str:
        known = {piece.stem: piece for piece in SHARED.glob("*.sql")}
        piece = known[_one_of(path, "shared piece", match[1], sorted(known))]
        return _with_shared(piece, piece.read_text(encoding="utf-8").rstrip()) + match[2]

    return _WITH.sub(text, body)


def _made(rule_id: str, words: dict[str, str], variants: dict[Version, str], path: Path, origin: str) -> AuditRule:
    for needed in NEEDED:
        if not words.get(needed):
            raise ConfigError(f"{path}: the header has no {needed}.")
    if cells(words["title"]) > TITLE_CELLS:
        raise ConfigError(f"{path}: the title is longer than {TITLE_CELLS} cells.")
    cost = _one_of(path, "cost", words.get("cost", "K0"), tuple(COSTS))
    needs = tuple(words.get("needs", "").split())
    for need in needs:
        _one_of(path, "needs", need.partition(":")[0], NEEDS)
    return AuditRule(
        id=rule_id,
        title=words["title"],
        severity=Severity(_one_of(path, "severity", words["severity"], tuple(Severity))),
        group=cast(Group, _one_of(path, "group", words["group"], GROUPS)),
        kind=words["kind"],
        about=words["about"],
        why=words["why"],
        variants=variants,
        evidence=_template(words.get("evidence")),
        detail=_template(words.get("detail")),
        fix=_template(words.get("fix")),
        undo=_template(words.get("undo")),
        lock=words.get("lock"),
        concurrently=_one_of(path, "concurrently", words.get("concurrently", "no"), ("yes", "no")) == "yes",
        references=tuple(part.strip() for part in words.get("references", "").split(";") if part.strip()),
        since=int(_number(path, "since", words.get("since", "14"))),
        needs=needs,
        cost=cost,
        certainty=cast(Certainty, _one_of(path, "certainty", words.get("certainty", "catalogs"), tuple(CERTAINTIES))),
        timeout=float(_number(path, "timeout", words.get("timeout", str(TIMEOUTS[cost])))),
        parameters=_parameters(path, words.get("parameters", "")),
        off=_one_of(path, "default", words.get("default", "on"), ("on", "off")) == "off",
        origin=origin,
    )


def _template(text: str | None) -> str | None:
    return text.replace("\\n", "\n") if text else None


def _one_of(path: Path, word: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise ConfigError(f"{path}: {value} is no {word}. Known are {', '.join(known)}.")
    return value


def _number(path: Path, word: str, value: str) -> int | float:
    try:
        return int(value) if value.lstrip("-").isdigit() else float(value)
    except ValueError:
        raise ConfigError(f"{path}: {word} is {value}, which is no number.") from None


def _parameters(path: Path, text: str) -> dict[str, float | int | None]:
    found: dict[str, float | int | None] = {}
    for part in text.split():
        name, equals, value = part.partition("=")
        if not equals and name not in SUPPLIED:
            raise ConfigError(
                f"{path}: the parameter {name} has no value, and the engine supplies {', '.join(SUPPLIED)}."
            )
        found[name] = _number(path, name, value) if equals else None
    return found
