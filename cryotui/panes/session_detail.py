"""One session in full: its statement whole, its times, its locks, whom it holds up, and what ending it would do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryotui.model import units
from cryotui.model.lockgraph import PREPARED
from cryotui.model.pane import Block, Line, Moment, Prose, Role, Rule
from cryotui.model.sample import Row
from cryotui.model.sqlformat import broken
from cryotui.model.text import cut, fit
from cryotui.panes import session_words as words
from cryotui.panes.sessions import active, horizon_age, in_transaction, sessions, waiting

LABEL = 16
"""Cells of a label, the gutter included."""

MOST_LINES = 400
MOST_CHARACTERS = 40_000
"""Of a statement so much is shown; a statement may be a megabyte."""

MARGIN = "   "


def session_detail(row: Row, moment: Moment, width: int) -> Sequence[Block]:
    """The sections about one row of the sessions; ``session_text`` and ``session_locks`` make it whole when they are there."""
    if row.get("pid") is None:
        return ()
    whole = _whole(row, moment)
    found: list[Block] = [
        *_statement(row, whole, moment, width),
        Rule("TIMES", "by the server's clock"),
        Prose(tuple(_times(row, whole, width))),
    ]
    chain = _chain(row, moment, width)
    if chain:
        found += [Rule("CHAIN", _chain_note(row, moment)), Prose(tuple(chain))]
    return [*found, *_locks(row, moment, width), Rule("IF IT ENDS"), Prose(tuple(_ends(row, moment, width)))]


def _whole(row: Row, moment: Moment) -> Row | None:
    """The session's row of ``session_text``, if that was asked for this very session."""
    found = moment.one("session_text")
    if found is None or found["pid"] != row.get("pid") or found["backend_start"] != row.get("backend_start"):
        return None
    return found


def _statement(row: Row, whole: Row | None, moment: Moment, width: int) -> list[Block]:
    text = str((whole["query"] if whole is not None else row.get("query")) or "")
    if not text:
        reason = words.statement(row, moment) if row.get("masked") or row.get("own") else "none since it connected"
        return [Rule("STATEMENT"), Prose((((f"   {reason}", "quiet"),),))]
    title = "STATEMENT" if active(row) else "LAST STATEMENT"
    note = f"{len(text):,} characters" + (
        ", whole" if whole is not None else ", cut after 400" if len(text) >= 400 else ""
    )
    text = words.shown(text[:MOST_CHARACTERS], moment)
    lines = [((MARGIN, "text"), *line) for line in broken(text, width - len(MARGIN) - 1)]
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], ((MARGIN + "… the rest is left out here; y copies the whole", "quiet"),)]
    return [Rule(title, note), Prose(tuple(lines))]


def _labelled(label: str, text: str, width: int, role: Role = "text") -> Line:
    return (fit(f"   {label}", LABEL), "quiet"), (cut(text, max(width - LABEL - 1, 10)), role)


def _times(row: Row, whole: Row | None, width: int) -> list[Line]:
    """When session, transaction and statement began, and what the session is besides."""

    def since(label: str, start: object, age: float | None) -> Line | None:
        if age is None:
            return None
        clock = f", since {units.clock(start, seconds=True, date=age > 43200)}" if isinstance(start, datetime) else ""
        return _labelled(label, units.age(age) + clock, width)

    lines = [
        since("connected", row.get("backend_start"), row.get("backend_age")),
        since("transaction", whole["transaction_start"] if whole is not None else None, row.get("transaction_age")),
        since("statement", whole["query_start"] if whole is not None else None, row.get("query_age")) if active(row) else None,
        since(str(words.state_word(row)), whole["state_change"] if whole is not None else None, row.get("state_age"))
        if not active(row) else None,
        since("waits", None, row.get("wait_age")) if waiting(row) else None,
        _labelled("wait event", words.wait_words(row) or "", width) if row.get("wait_type") else None,
        _labelled("client", _client(row, whole), width),
    ]  # fmt: skip
    horizon = horizon_age(row)
    if horizon is not None:
        oldest = "; no session holds an older one" if horizon == 0 else ""
        lines.append(
            _labelled(
                "horizon", f"rows dead for less than {units.count(horizon)} transactions must stay{oldest}", width
            )
        )
    if whole is not None and whole["xid"]:
        lines.append(_labelled("wrote", f"has written: its transaction id is {whole['xid']}", width))
    return [line for line in lines if line is not None]


def _client(row: Row, whole: Row | None) -> str:
    """``lab-import as lab_app in cryoprotect from 10.0.3.17:51822, TLSv1.3``."""
    text = f"{words.app_word(row) or 'no name'} as {row.get('user') or '-'} in {row.get('database') or '-'}"
    if row.get("client"):
        text += " by socket" if row.get("client") == "local" else f" from {row.get('client')}"
    if whole is not None:
        if whole["client_port"] and whole["client_port"] > 0:
            text += f":{whole['client_port']}"
        if whole["client_hostname"]:
            text += f", {whole['client_hostname']}"
        if whole["tls"]:
            text += f", {whole['tls_version']}"
        elif whole["gss_encrypted"]:
            text += ", GSS encrypted"
        elif whole["tls"] is False and row.get("client") not in ("local", None):
            text += ", not encrypted"
    return text


def _chain_note(row: Row, moment: Moment) -> str:
    blocked = words.blocks(row, moment)
    return f"holds up {blocked}" if blocked else ""


def _chain(row: Row, moment: Moment, width: int) -> list[Line]:
    """Whom it waits for, every one of them, and who waits for it directly."""
    graph = sessions(moment).graph
    lines: list[Line] = []
    for title, pids in (
        ("waits for", graph.blockers.get(row["pid"], ())),
        ("held up", graph.waiters.get(row["pid"], ())),
    ):
        for index, pid in enumerate(pids[:8]):
            other = graph.rows.get(pid)
            if pid == PREPARED or other is None:
                text = "a prepared transaction, which has no session"
            else:
                app, does = words.app_word(other) or "-", words.doing(other, moment)
                text = f"{pid:<8}{app:<12.12} {does:<24.24} {words.statement(other, moment)}"
            lines.append(_labelled(title if index == 0 else "", text, width))
        if len(pids) > 8:
            lines.append(_labelled("", f"and {len(pids) - 8} more", width, "quiet"))
    return lines


def _locks(row: Row, moment: Moment, width: int) -> list[Block]:
    """Every lock it has or waits for, strongest first, once they were asked for."""
    sample = moment.samples.get("session_locks")
    if sample is None or sample.parameters[:1] != (row["pid"],):
        return []
    if sample.missing:
        return [Rule("LOCKS"), Prose((((f" ? {sample.missing.sentence}", "quiet"),),))]
    lines: list[Line] = []
    for lock in sample.rows:
        mode = str(lock["lock_mode"]).removesuffix("Lock")
        what = (
            lock["lock_relation"] if lock["lock_type"] == "relation" else f"{lock['lock_type']} {lock['lock_relation']}"
        )
        many = f"  {lock['locks']} times" if lock["locks"] > 1 else ""
        waits = "" if lock["granted"] else f"  not granted, waits {units.age(lock['wait_age'])}"
        text = f"{mode:<22}{what}{many}{waits}"
        lines.append((("   " + cut(text, width - 4), "text" if lock["granted"] else "watch"),))
    note = f"{len(sample.rows)}" + (", the strongest 200" if len(sample.rows) == 200 else "")
    return [Rule("LOCKS", note), Prose(tuple(lines) or ((("   none", "quiet"),),))]


def _ends(row: Row, moment: Moment, width: int) -> list[Line]:
    """What a cancel and a terminate would do: whom they free, what is lost."""
    if row.get("own"):
        return [_labelled("", "it is this console: no action is offered on it", width, "quiet")]
    graph = sessions(moment).graph
    freed = len(graph.frees(row["pid"]))
    frees = f"frees {freed}" if freed else "frees nobody"
    if freed == 0 and row["pid"] in graph.waiters:
        frees = "frees nobody alone: those who wait for it wait for others too"
    wrote = "rolls back what it wrote" if row.get("xid_age") is not None else "it has written nothing"
    if row.get("masked"):
        cancelled = "unknown: this role may not see whether it runs a statement"
        wrote = "unknown whether it has written"
    elif active(row):
        cancelled = f"its statement ends with an error; {frees}; {wrote}"
    elif in_transaction(row):
        cancelled = "nothing: it runs no statement, its transaction stays open"
    else:
        cancelled = "nothing: it runs no statement"
    return [
        _labelled("C cancel", cancelled, width),
        _labelled("K terminate", f"its connection ends; {frees}; {wrote}", width),
    ]
