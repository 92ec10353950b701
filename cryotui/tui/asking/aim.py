"""What a row is about, as far as audit rules can say something of it: a table, an index, a statement, sessions, a slot."""

from __future__ import annotations

from collections.abc import Callable

from cryotui.model.record import dataclass
from cryotui.model.sample import Row
from cryotui.model.text import one_line

OF_TABLE = frozenset(("table", "view", "columns", "index", "constraint", "policy", "trigger", "sequence", "statistics"))
"""Kinds of findings that can be about a table."""

OF_INDEX = frozenset(("index", "constraint", "table"))
OF_SESSIONS = frozenset(("session",))


@dataclass(frozen=True, slots=True)
class Aim:
    """``what`` is the word for it, ``name`` its name, empty where it has none that says anything to people.

    ``kinds`` are those of its rules; ``filter`` finds what they said of it.
    """

    what: str
    name: str
    kinds: frozenset[str]
    filter: str

    @property
    def named(self) -> str:
        """``table molecules``, ``this statement``."""
        return f"{self.what} {self.name}" if self.name else f"this {self.what}"


def aim(row: Row) -> Aim | None:
    """What the row is about by the fields it has, in every pane alike; None when no rule is about such a thing."""
    return next((found for one in _AIMS if (found := one(row)) is not None), None)


def _index(row: Row) -> Aim | None:
    return _relation(row, "index", row.get("index_oid"), row.get("index"), OF_INDEX)


def _table(row: Row) -> Aim | None:
    what = "table" if row.get("table") else "view"
    return _relation(row, what, row.get("oid"), row.get(what), OF_TABLE)


def _relation(row: Row, what: str, number: object, name: object, kinds: frozenset[str]) -> Aim | None:
    if number is None or not name or not row.get("schema"):
        return None
    full = f"{row['schema']}.{name}"
    plain = full.replace(".", "").replace("_", "").isalnum()
    return Aim(what, one_line(str(name)), kinds, f"of:{full}" if plain else f"of:oid{number}.")


def _session(row: Row) -> Aim | None:
    """A session; rules tell those alike, of one role and program, as one."""
    if row.get("pid") is None or row.get("backend_start") is None:
        return None
    return Aim("session", str(row["pid"]), OF_SESSIONS, _equal(user=row.get("user"), app=row.get("app")))


def _statement(row: Row) -> Aim | None:
    if row.get("query_id") is None:
        return None
    return Aim("statement", "", frozenset(("statement",)), f"query_id:{row['query_id']}")


def _group(row: Row) -> Aim | None:
    """Sessions counted together, by program, role, database or client."""
    by = str(row.get("by"))
    if by not in ("app", "user", "database", "client") or not row.get("name"):
        return None
    first = next(iter(getattr(row.get("group"), "rows", ())), None)
    value = first.get(by) if first is not None else None
    kinds = OF_SESSIONS | ({"role"} if by == "user" else {"database"} if by == "database" else set())
    what = {"app": "application", "user": "role"}.get(by, by)
    return Aim(what, one_line(str(row["name"])), kinds, _equal(**{by: value}))


def _slot(row: Row) -> Aim | None:
    if not row.get("slot"):
        return None
    return Aim("slot", one_line(str(row["slot"])), frozenset(("slot",)), _equal(slot=row["slot"]))


def _equal(**fields: object) -> str:
    """A filter for rows with these very values; what a filter cannot say is left out, so that too much is shown at worst."""
    words = {name: str(value) for name, value in fields.items() if value}
    return " ".join(f'{name}="{word}"' for name, word in words.items() if word.isprintable() and '"' not in word)


_AIMS: tuple[Callable[[Row], Aim | None], ...] = (_index, _table, _session, _statement, _group, _slot)
