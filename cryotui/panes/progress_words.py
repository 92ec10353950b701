"""What a running command is called, what it works on, and the second line about how far it is and what it waits for."""

from __future__ import annotations

from cryotui.model import units
from cryotui.model.pane import Moment
from cryotui.model.sample import Row
from cryotui.model.text import one_line
from cryotui.panes.blockers import wait_of
from cryotui.panes.names import bare, label

WAIT_WORTH_SAYING = 60.0
"""Seconds that an old transaction is open before an index build's later wait for it is foretold."""


def what(row: Row) -> str:
    """The command: ``ours VACUUM``, ``autovacuum``, ``CREATE INDEX CONCURRENTLY``."""
    if row.get("ours"):
        return f"ours {one_line(row['title'])}" if row.get("untold") else f"ours {_command(row)}"
    return _command(row)


def _command(row: Row) -> str:
    command: str = row["command"] or "a command"
    if row["autovacuum"]:
        return "autovacuum" if command == "VACUUM" else f"autovacuum {command}"
    return "base backup" if command == "BASE_BACKUP" else command


def on(row: Row) -> str:
    """What it works on."""
    if row["masked"]:
        return "hidden"
    if row["command"] == "BASE_BACKUP":
        return "the whole cluster"
    if row.get("untold"):
        return row["table"] or units.UNKNOWN
    if row["oid"] is None:
        return "a query" if (row["command"] or "").startswith("COPY") else units.UNKNOWN
    if row["table"] is None:
        return f"oid {row['oid']} in {bare(row['database'] or units.UNKNOWN)}"
    if row["toast_of"]:
        return f"{bare(row['toast_of'])} (toast)"
    return label(row["schema"], row["table"])


def share(row: Row) -> float | None:
    """Done of the present phase as a share of 1; an estimated total never reads as finished."""
    if row["done"] is None or not row["total"]:
        return None
    part = float(row["done"] / row["total"])
    return min(part, 0.99) if row["estimated"] else min(part, 1.0)


def amount(row: Row) -> str:
    """``11.2G of 18.2G``, ``2.5M of about 6.8M rows``; empty where nothing is counted."""
    if row["done"] is None:
        return ""
    form = units.size if row["unit"] == "bytes" else units.count
    unit = "" if row["unit"] == "bytes" else f" {row['unit']}"
    if row["total"] is None:
        return f"{form(row['done'])}{unit}, how many there are is not known"
    about = "about " if row["estimated"] else ""
    return f"{form(row['done'])} of {about}{form(row['total'])}{unit}"


def second_line(row: Row, moment: Moment) -> str:
    """Phase and step, the amount, what is special, what it waits for."""
    if row["masked"]:
        return "how far it is, is hidden"
    parts: list[str] = []
    if row.get("ours"):
        parts.append(_ours(row))
    waiting = _waits(row, moment)
    if row["phase"] and not (waiting and row.get("untold")):
        step = f", step {row['step']} of {row['steps']}" if row["step"] and row["steps"] and row["steps"] > 1 else ""
        parts.append(row["phase"] + step)
    if waiting:
        parts.append(waiting)
    parts.append(amount(row))
    if row["index_rounds"]:
        parts.append(f"index rounds {row['index_rounds']}")
    if row["wraparound"]:
        parts.append("to prevent wraparound: it does not give way")
    if row["app"] == "pg_dump":
        parts.append("part of a pg_dump")
    if row["delay_time"] and row["query_age"] and row["delay_time"] / 1000 > row["query_age"] / 2:
        parts.append(f"slept {units.age(row['delay_time'] / 1000)} by its cost limit")
    if row["index"]:
        parts.append(bare(row["index"]))
    return "; ".join(part for part in parts if part)


def _waits(row: Row, moment: Moment) -> str:
    wait = wait_of(row["pid"], moment)
    if wait is not None and wait.blockers:
        return wait.words
    if row["waits_for"] is not None:
        return f"waits for {_session(row['waits_for'], row['waits_for_app'], row['waits_for_age'])}"
    if row["wait_type"] == "Lock":
        return f"waits for a lock ({row['wait_event']})"
    if row["will_wait_for"] is not None and (row["will_wait_age"] or 0) >= WAIT_WORTH_SAYING:
        return f"will have to wait for {_session(row['will_wait_for'], row['will_wait_app'], row['will_wait_age'])}"
    return ""


def _session(pid: int, app: str | None, age: float | None) -> str:
    return ", ".join(part for part in (f"{pid} {one_line(app or '')}".strip(), units.age(age)) if part != units.UNKNOWN)


def waits(row: Row, moment: Moment) -> bool:
    """Whether somebody else holds it up now."""
    return row["waits_for"] is not None or row["wait_type"] == "Lock" or wait_of(row["pid"], moment) is not None


def _ours(row: Row) -> str:
    started = row.get("started_at")
    since = f"started {units.clock(started, seconds=True)}" if started else row.get("state") or ""
    return f"{since}, X stops it" if since else "X stops it"
