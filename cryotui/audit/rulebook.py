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
from cryotui.model.fixrisk import Risk
from cryotui.model.rule import CERTAINTIES, COSTS, GROUPS, NEEDS, TIMEOUTS, AuditRule, Certainty, Group, Version
from cryotui.model.text import cells
from cryotui.probes import read, version_of

FOLDER = Path(__file__).parent / "rules"
SHARED = FOLDER / "shared"
"""Pieces of SQL that several rules have."""

WORDS = (
    "title", "severity", "group", "kind", "about", "why", "evidence", "detail", "fix", "undo", "lock", "risk", "shape",
    "concurrently", "references", "since", "needs", "cost", "certainty", "timeout", "parameters", "default",
)  # fmt: skip
NEEDED = ("title", "severity", "group", "kind", "about", "why")
SUPPLIED = ("api_roles", "api_schemas", "backup_sources")
"""Parameters that the engine fills in."""

BUILT_IN = "built in"
"""Where rules of ours come from, in place of a file."""

OWN = "own/"
"""Before the id of a user's rule whose id is one of ours."""

TITLE_CELLS = 27
_WITH = re.compile(r"^[ ]*-- with: ([\w-]+)(,?)$", re.MULTILINE)


def rules(own: Path | None = None) -> tuple[AuditRule, ...]:
    """All rules, by group, then by id: ours and those of the folder ``own``, which need not exist.

    An id of ours is not replaced by one of a user's, which becomes ``own/ID`` and never passes. Raises ConfigError (file
    and line) when a file of ours has a bad header.
    """
    ours = {rule.id for rule in _built_in()}
    theirs = () if own is None else tuple(_of_folder(own))
    found = {rule.id: rule for rule in (*_built_in(), *(_clash(rule) if rule.id in ours else rule for rule in theirs))}
    return tuple(sorted(found.values(), key=lambda rule: (GROUPS.index(rule.group), rule.id)))


def faults(own: Path) -> tuple[str, ...]:
    """What is wrong with the rule files of a folder, a sentence each."""
    return tuple(rule.fault for rule in rules(own) if rule.fault)


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
    wanted |= {f"{OWN}{rule_id}" for rule_id in wanted}  # whoever asks for it may mean the file that is not used
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
            yield _loaded(rule_id, paths, BUILT_IN if folder == FOLDER else str(paths[0]))
        except ConfigError as error:
            if folder == FOLDER:
                raise
            yield _faulty(rule_id, str(paths[0]), str(error))


def _clash(theirs: AuditRule) -> AuditRule:
    why = f"{theirs.origin} is not used: {theirs.id} is a rule of cryotui. Give the file another name."
    return _faulty(f"{OWN}{theirs.id}", theirs.origin, why)


def _faulty(rule_id: str, origin: str, why: str) -> AuditRule:
    return AuditRule(
        id=rule_id,
        title="A rule file with a fault",
        severity=Severity.INFO,
        group="config",
        kind="rule",
        about="This rule of yours cannot be used.",
        why=why,
        variants={},
        origin=origin,
        fault=why,
    )


def _loaded(rule_id: str, paths: Sequence[Path], origin: str) -> AuditRule:
    variants: dict[Version, str] = {}
    words: dict[str, str] = {}
    for path in sorted(paths, key=version_of):
        header, body = _read(path)
        words = {**words, **header}
        variants[version_of(path)] = _with_shared(path, body)
    return _made(rule_id, words, variants, paths[0], origin)


def _read(path: Path) -> tuple[dict[str, str], str]:
    try:
        return read(path, WORDS)
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from None


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
        _one_of(path, "needs", need.partition(":")[0], tuple(NEEDS))
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
        risk=_one_of(path, "risk", words["risk"], tuple(Risk)) if "risk" in words else None,
        shape=_template(words.get("shape")),
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
